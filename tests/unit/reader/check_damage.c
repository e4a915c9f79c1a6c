/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Traces that were cut off, spoilt or are not ours. Whatever the bytes: no crash, and what was
 * delivered is in order.
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "unit/reader/fixture.h"

static struct trace_builder b;
static struct ct_event event;

static void setup(void)
{
	b = (struct trace_builder){ 0 };
	tb_sample(&b);
}

static void teardown(void)
{
	tb_free(&b);
}

/* Reads everything that there is; returns the number of events, or -1 if it is not a trace. */
static int read_all(const void *data, size_t size, struct rd_error *error)
{
	struct rd_trace *trace = fx_open_bytes(data, size, error);
	uint64_t last = 0;
	int n = 0;

	error->text[0] = trace ? '\0' : error->text[0];
	if (!trace)
		return -1;
	for (; rd_next(trace, &event); n++) {
		ck_assert_uint_ge(event.start_ns, last);
		ck_assert_uint_ge(event.end_ns, event.start_ns);
		ck_assert_uint_le(event.nargs, CT_MAX_ARGS);
		last = event.start_ns;
	}
	ck_assert_int_eq(rd_header(trace)->complete, !rd_damage(trace));
	if (rd_damage(trace))
		*error = *rd_damage(trace);
	rd_close(trace);
	return n;
}

/* Offset of the n-th chunk of a kind. */
static size_t chunk_at(uint32_t kind, unsigned int n)
{
	size_t at = sizeof(struct ctr_file_header);
	struct ctr_chunk head;

	for (;;) {
		memcpy(&head, b.data + at, sizeof(head));
		if (head.kind == kind && !n--)
			return at;
		at += sizeof(head) + head.size;
		ck_assert_uint_lt(at, b.size);
	}
}

START_TEST(a_trace_cut_at_any_byte_gives_what_is_whole)
{
	struct rd_error error = { 0 };
	size_t size;
	int n, last = 0;

	for (size = sizeof(struct ctr_file_header); size < b.size; size++) {
		n = read_all(b.data, size, &error);
		ck_assert_int_ge(n, last);
		ck_assert_str_ne(error.text, "");
		ck_assert_uint_le(error.offset, size);
		last = n;
	}
	ck_assert_int_eq(last, 17);
}
END_TEST

START_TEST(a_cut_says_where)
{
	struct rd_error error = { 0 };
	size_t at = chunk_at(CTR_CHUNK_CELLS, 1);

	ck_assert_int_ge(read_all(b.data, at + 40, &error), 1);
	ck_assert_uint_eq(error.offset, at);
	ck_assert_ptr_nonnull(strstr(error.text, "cut off"));
}
END_TEST

START_TEST(without_an_end_the_records_are_counted)
{
	struct rd_error error;
	struct rd_trace *trace = fx_open_bytes(b.data, chunk_at(CTR_CHUNK_END, 0), &error);
	const struct ct_header *h = rd_header(trace);

	ck_assert(!h->complete);
	ck_assert_uint_eq(h->recorded, 13);
	ck_assert_uint_eq(h->lost, 15);
	ck_assert_uint_eq(h->calls, 28);
	ck_assert_uint_eq(h->in_flight, 1);
	ck_assert_int_eq(h->exit_status, -1);
	rd_close(trace);
}
END_TEST

/* As a file may end after the power failed; a sound chunk behind that is not looked for. */
START_TEST(zeros_end_the_reading)
{
	static const char zeros[4096];
	struct rd_error error = { 0 };
	size_t end = chunk_at(CTR_CHUNK_END, 0);
	int n;

	b.size = end;
	tb_raw(&b, zeros, sizeof(zeros));
	n = read_all(b.data, b.size, &error);
	ck_assert_int_eq(n, 17);
	ck_assert_uint_eq(error.offset, end);
	ck_assert_ptr_nonnull(strstr(error.text, "no chunk"));
}
END_TEST

START_TEST(a_header_that_is_cut_is_an_error)
{
	struct rd_error error = { 0 };
	size_t size;

	for (size = 0; size < sizeof(struct ctr_file_header); size++) {
		ck_assert_int_eq(read_all(b.data, size, &error), -1);
		ck_assert_uint_eq(error.offset, 0);
	}
}
END_TEST

START_TEST(a_spoilt_chunk_costs_itself_only)
{
	struct rd_error error = { 0 };
	size_t at = chunk_at(CTR_CHUNK_CELLS, 0);

	b.data[at + 100] ^= 0x40;
	/* The second thread's records but the last, which has a chunk of its own. */
	ck_assert_int_eq(read_all(b.data, b.size, &error), 13);
	ck_assert_uint_eq(error.offset, at);
	ck_assert_ptr_nonnull(strstr(error.text, "checksum"));
}
END_TEST

START_TEST(a_spoilt_process_keeps_its_number)
{
	struct rd_error error = { 0 };
	struct rd_trace *trace;

	b.data[chunk_at(CTR_CHUNK_PROCESS, 0) + 20] ^= 1;
	trace = fx_open_bytes(b.data, b.size, &error);
	ck_assert_uint_eq(rd_header(trace)->nprocesses, 2);
	ck_assert_str_eq(rd_header(trace)->processes[0].name, "?");
	ck_assert_uint_eq(rd_header(trace)->processes[1].pid, 200);
	rd_close(trace);
}
END_TEST

START_TEST(an_impossible_size_ends_the_reading)
{
	struct rd_error error = { 0 };
	size_t at = chunk_at(CTR_CHUNK_CELLS, 0);
	struct ctr_chunk head;

	memcpy(&head, b.data + at, sizeof(head));
	head.size = UINT64_MAX - 8;
	memcpy(b.data + at, &head, sizeof(head));
	ck_assert_int_eq(read_all(b.data, b.size, &error), 0);
	ck_assert_uint_eq(error.offset, at);
	ck_assert_ptr_nonnull(strstr(error.text, "impossible size"));
}
END_TEST

START_TEST(flipped_bits_anywhere_do_no_harm)
{
	struct rd_error error = { 0 };
	size_t at;

	for (at = 0; at < b.size; at++) {
		b.data[at] ^= (char)(1 << (at % 8));
		read_all(b.data, b.size, &error);
		b.data[at] ^= (char)(1 << (at % 8));
	}
}
END_TEST

/* Makes every checksum right again, so that what lies behind them is reached. */
static void mend(void)
{
	size_t at = sizeof(struct ctr_file_header);
	struct ctr_chunk head;

	while (at + sizeof(head) <= b.size) {
		memcpy(&head, b.data + at, sizeof(head));
		if (head.size > b.size - at - sizeof(head))
			return;
		head.checksum =
			(uint32_t)crc32_z(0, (const Bytef *)b.data + at + sizeof(head), head.size);
		memcpy(b.data + at, &head, sizeof(head));
		at += sizeof(head) + head.size;
	}
}

START_TEST(nonsense_with_right_checksums_does_no_harm)
{
	struct rd_error error = { 0 };
	unsigned int seed = 12345 + (unsigned int)_i, i, round;
	char *original = malloc(b.size);
	size_t begin = chunk_at(CTR_CHUNK_PROCESS, 0);

	memcpy(original, b.data, b.size);
	for (round = 0; round < 400; round++) {
		for (i = 0; i < 1 + round % 8; i++)
			b.data[begin + (unsigned int)rand_r(&seed) % (b.size - begin)] =
				(char)(rand_r(&seed) % 3 ? rand_r(&seed) : 0xff);
		mend();
		read_all(b.data, b.size, &error);
		memcpy(b.data, original, b.size);
	}
	free(original);
}
END_TEST

START_TEST(extreme_records_do_no_harm)
{
	struct rd_error error = { 0 };
	struct tb_call call = { .function = TB_MALLOC, .start = UINT64_MAX, .end = 0 };

	tb_free(&b);
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 1, "x");
	tb_cells(&b, 0, 0);
	tb_call(&b, &call);
	call = (struct tb_call){ .function = UINT16_MAX, .start = 0, .end = UINT64_MAX };
	tb_call(&b, &call);
	tb_loss(&b, UINT64_MAX, 0, UINT64_MAX, UINT64_MAX);
	/* Control records without their payload, and one of a later version. */
	call = (struct tb_call){ .function = CTR_CONTROL_THREAD };
	tb_call(&b, &call);
	call.function = 15;
	tb_call(&b, &call);
	tb_cells_end(&b);
	tb_end(&b, "{\"processes\":[{\"process\":-1},{\"process\":99},7],\"warnings\":[1,{}]}");
	ck_assert_int_eq(read_all(b.data, b.size, &error), 3);
}
END_TEST

START_TEST(a_later_version_is_refused_with_its_number)
{
	struct rd_error error = { 0 };
	struct ctr_file_header header;

	memcpy(&header, b.data, sizeof(header));
	header.version_major = 7;
	memcpy(b.data, &header, sizeof(header));
	ck_assert_int_eq(read_all(b.data, b.size, &error), -1);
	ck_assert_ptr_nonnull(strstr(error.text, "version 7."));
	header.version_major = CTR_VERSION_MAJOR;
	header.version_minor = CTR_VERSION_MINOR + 1;
	memcpy(b.data, &header, sizeof(header));
	ck_assert_int_eq(read_all(b.data, b.size, &error), -1);
	ck_assert_uint_eq(error.offset, 8);
}
END_TEST

START_TEST(chunks_of_a_later_minor_version_are_passed_over)
{
	struct rd_error error = { 0 };

	b.size = chunk_at(CTR_CHUNK_END, 0);
	tb_text(&b, 33, "something new");
	tb_end(&b, "{}");
	ck_assert_int_eq(read_all(b.data, b.size, &error), 17);
	ck_assert_str_eq(error.text, "");
}
END_TEST

START_TEST(other_files_are_refused)
{
	struct rd_error error = { 0 };

	ck_assert_int_eq(read_all("", 0, &error), -1);
	ck_assert_str_eq(error.text, "is empty");
	ck_assert_int_eq(read_all("\177ELF\2\1\1 something", 16, &error), -1);
	ck_assert_str_eq(error.text, "is not a trace of curtrace");
	ck_assert_int_eq(read_all("x", 1, &error), -1);
}
END_TEST

START_TEST(what_cannot_be_opened_says_why)
{
	struct rd_error error = { 0 };

	ck_assert_ptr_null(rd_open("/nonexistent/trace.ctr", &error));
	ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
	ck_assert_uint_eq(error.offset, RD_NO_OFFSET);
	ck_assert_ptr_null(rd_open("/tmp", &error));
	ck_assert_ptr_nonnull(strstr(error.text, "directory"));
	ck_assert_ptr_null(rd_open("/dev/null", &error));
	ck_assert_ptr_nonnull(strstr(error.text, "regular file"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/damage");
	TCase *t = tcase_create("damage");

	suite_add_tcase(suite, t);
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_trace_cut_at_any_byte_gives_what_is_whole);
	tcase_add_test(t, a_cut_says_where);
	tcase_add_test(t, without_an_end_the_records_are_counted);
	tcase_add_test(t, zeros_end_the_reading);
	tcase_add_test(t, a_header_that_is_cut_is_an_error);
	tcase_add_test(t, a_spoilt_chunk_costs_itself_only);
	tcase_add_test(t, a_spoilt_process_keeps_its_number);
	tcase_add_test(t, an_impossible_size_ends_the_reading);
	tcase_add_test(t, flipped_bits_anywhere_do_no_harm);
	tcase_add_loop_test(t, nonsense_with_right_checksums_does_no_harm, 0, 8);
	tcase_add_test(t, extreme_records_do_no_harm);
	tcase_add_test(t, a_later_version_is_refused_with_its_number);
	tcase_add_test(t, chunks_of_a_later_minor_version_are_passed_over);
	tcase_add_test(t, other_files_are_refused);
	tcase_add_test(t, what_cannot_be_opened_says_why);
	return fx_run(suite);
}
