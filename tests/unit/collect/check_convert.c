/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that carries everything, and the native trace that is made of it again. */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "collect/convert.h"
#include "reader/chunks.h"
#include "reader/json_full.h"
#include "unit/reader/fixture.h"

static char folder[] = "/tmp/curtrace-convert.XXXXXX";
static char native[64], json[64], again[64];
static struct trace_builder b;
static char why[400];

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(strcpy(folder, "/tmp/curtrace-convert.XXXXXX")));
	snprintf(native, sizeof(native), "%s/t.ctr", folder);
	snprintf(json, sizeof(json), "%s/t.json", folder);
	snprintf(again, sizeof(again), "%s/again.ctr", folder);
}

static void remove_folder(void)
{
	unlink(native);
	unlink(json);
	unlink(again);
	rmdir(folder);
	tb_free(&b);
	b = (struct trace_builder){ 0 };
}

static char *read_path(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	char *data = fx_read_file(fd, size);

	close(fd);
	return data;
}

static int create(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static bool to_json(bool gz, bool full)
{
	int fd = create(json);
	bool done;

	ck_assert_int_eq(tb_save(&b, native), 0);
	done = col_convert(native, fd, gz, full, why, sizeof(why));
	close(fd);
	return done;
}

static bool unfold(void)
{
	int fd = create(again);
	bool done;

	why[0] = '\0';
	done = col_unfold(json, fd, folder, why, sizeof(why));
	close(fd);
	return done;
}

/* Chunk by chunk, each byte; records that are packed in one and not in the other are the same. */
static void check_same_chunks(void)
{
	struct rd_chunks before, after;
	struct rd_error problem;
	unsigned int n = 0;

	ck_assert(rd_chunks_open(&before, native, &problem));
	ck_assert(rd_chunks_open(&after, again, &problem));
	for (; rd_chunks_next(&before); n++) {
		ck_assert_msg(rd_chunks_next(&after), "chunk %u is not there", n);
		ck_assert_uint_eq(before.head.kind, after.head.kind);
		ck_assert_uint_eq(before.head.size, after.head.size);
		ck_assert_msg(!memcmp(before.data, after.data, before.head.size),
			      "chunk %u of kind %u differs", n, before.head.kind);
	}
	ck_assert(!rd_chunks_next(&after));
	ck_assert_uint_gt(n, 2);
	rd_chunks_close(&before);
	rd_chunks_close(&after);
}

/* The trace, to JSON and back. */
static void check_same(bool gz)
{
	ck_assert_msg(to_json(gz, true), "%s", why);
	ck_assert_msg(unfold(), "%s", why);
	check_same_chunks();
}

/* ---- what is carried ----------------------------------------------------------------------- */

START_TEST(a_run_comes_back_byte_for_byte)
{
	tb_sample(&b);
	check_same(false);
	check_same(true);
}
END_TEST

/* One of each thing that has no readable form, or is at the limit of it. */
static void add_odd_chunks(void)
{
	static const char text[] = "7f00-7f01 r-xp 0 0:0 0 /tmp/\xff\xfe\n\"quoted\"\\\n\x01\x7f";
	const struct ctr_chunk_stacks stacks = { .process = 0, .first = 1 };
	const struct ctr_chunk_defs head = { .process = 1, .reserved = 7 };
	const struct ctr_chunk_cells cells = { .first = UINT64_MAX, .ring = CTR_RING_NONE };
	struct ctr_cell cell[2] = { { .commit = UINT64_MAX,
				      .start = UINT64_MAX,
				      .end = (1ull << 53) + 1,
				      .caller = UINT64_MAX,
				      .function = UINT16_MAX,
				      .ncells = 2,
				      .flags = UINT8_MAX,
				      .result = INT32_MIN } };
	uint64_t words[200];

	memset(cell[0].payload, 0xa5, sizeof(cell[0].payload));
	for (size_t i = 0; i < 200; i++)
		words[i] = UINT64_MAX >> i % 64;
	tb_chunk_begin(&b, CTR_CHUNK_CELLS);
	tb_raw(&b, &cells, sizeof(cells));
	tb_raw(&b, cell, sizeof(cell));
	tb_raw(&b, "rest", 4);
	tb_chunk_end(&b);
	tb_chunk_begin(&b, CTR_CHUNK_MAPS);
	tb_raw(&b, &head, sizeof(head));
	tb_raw(&b, text, sizeof(text));
	tb_chunk_end(&b);
	tb_chunk_begin(&b, CTR_CHUNK_STACKS);
	tb_raw(&b, &stacks, sizeof(stacks));
	tb_raw(&b, words, sizeof(words));
	tb_raw(&b, "rest", 4);
	tb_chunk_end(&b);
	tb_def(&b, 0, 99, UINT64_MAX, UINT64_MAX, "name=\xc3\xa9\n");
	tb_def(&b, 0, CTR_DEF_KERNEL, 1, 2, "name=\xc3\n");
	tb_chunk(&b, 40, text, sizeof(text));
	for (uint32_t kind = CTR_CHUNK_HEADER; kind <= CTR_CHUNK_SYMBOLS; kind++) {
		tb_chunk(&b, kind, text, 0);
		tb_chunk(&b, kind, text, 7);
	}
}

START_TEST(what_nobody_understands_comes_back_too)
{
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 100, "app");
	add_odd_chunks();
	check_same(false);
}
END_TEST

/* A generator of its own: the same on every machine. */
static uint32_t any(uint32_t below)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32) % below;
}

START_TEST(any_bytes_come_back)
{
	char data[400];

	tb_begin(&b);
	tb_prologue(&b);
	for (unsigned int i = 0; i < 3000; i++) {
		uint32_t size = any(sizeof(data)), range = any(2) ? 256 : 96;

		for (uint32_t at = 0; at < size; at++)
			data[at] = (char)(any(4) ? any(range) : 0);
		tb_chunk(&b, any(13), data, size);
	}
	check_same(false);
}
END_TEST

START_TEST(long_texts_come_back)
{
	char *data = malloc(1000001);

	memset(data, 'x', 1000000);
	memcpy(data + 500000, "\xe2\x82\xac", 3);
	tb_begin(&b);
	tb_prologue(&b);
	tb_process(&b, 100, "app");
	data[1000000] = '\0';
	tb_maps(&b, 0, data);
	/* Characters across every place where a text might be parted. */
	for (size_t i = 0; i + 3 <= 1000000; i += 3)
		memcpy(data + i, "\xe2\x82\xac", 3);
	tb_maps(&b, 0, data);
	tb_maps(&b, 0, data + 1);
	check_same(false);
	free(data);
}
END_TEST

/* ---- the file in between ------------------------------------------------------------------- */

static size_t count_events(void)
{
	struct rd_error problem;
	struct rd_trace *trace = rd_open(json, &problem);
	static struct ct_event event;
	size_t events = 0;

	ck_assert_ptr_nonnull(trace);
	while (rd_next(trace, &event))
		events++;
	ck_assert_ptr_null(rd_damage(trace));
	rd_close(trace);
	return events;
}

START_TEST(its_events_are_those_of_the_default)
{
	char *plain, *full, *begin;
	size_t size, events;
	cJSON *root;

	tb_sample(&b);
	ck_assert(to_json(false, false));
	ck_assert_str_eq(why, "");
	events = count_events();
	plain = read_path(json, &size);
	ck_assert(to_json(false, true));
	ck_assert_uint_eq(count_events(), events);
	full = read_path(json, &size);
	begin = strstr(full, "\n],\n\"nativeChunks\": [\n");
	ck_assert_ptr_nonnull(begin);
	ck_assert_uint_eq(strlen(plain), (size_t)(begin - full) + strlen("\n]}\n"));
	ck_assert_mem_eq(plain, full, (size_t)(begin - full));
	root = cJSON_ParseWithOpts(full, NULL, true);
	ck_assert(cJSON_IsArray(cJSON_GetObjectItem(root, "nativeChunks")));
	cJSON_Delete(root);
	free(plain);
	free(full);
}
END_TEST

START_TEST(what_has_no_chunks_cannot_be_unfolded)
{
	tb_sample(&b);
	ck_assert(to_json(false, false));
	ck_assert(!col_is_full(json));
	ck_assert(!unfold());
	ck_assert_ptr_nonnull(strstr(why, "json=full"));
	ck_assert(!col_is_full(native));
	ck_assert(!col_is_full("/nonexistent"));
	ck_assert(to_json(true, true));
	ck_assert(col_is_full(json));
}
END_TEST

static void write_json(const char *text, size_t size)
{
	int fd = create(json);

	ck_assert_int_eq(write(fd, text, size), (ssize_t)size);
	close(fd);
}

START_TEST(a_cut_file_gives_no_native_trace)
{
	char *text, *begin;
	size_t size;

	tb_sample(&b);
	ck_assert(to_json(false, true));
	text = read_path(json, &size);
	begin = strstr(text, "nativeChunks");
	for (size_t cut = (size_t)(begin - text); cut + 3 < size; cut += 41) {
		write_json(text, cut);
		ck_assert(!unfold());
		ck_assert(*why);
	}
	free(text);
}
END_TEST

/* Most of what one byte can do is seen; nothing of it is more than a wrong byte. */
START_TEST(a_spoilt_file_is_refused_or_differs)
{
	char *text, *begin, old;
	size_t size, refused = 0, tried = 0;

	tb_sample(&b);
	ck_assert(to_json(false, true));
	text = read_path(json, &size);
	begin = strstr(text, "nativeChunks") + 20;
	for (size_t at = (size_t)(begin - text); at + 3 < size; at += 61) {
		old = text[at];
		text[at] = '~';
		write_json(text, size);
		refused += !unfold();
		tried++;
		text[at] = old;
	}
	ck_assert_uint_gt(2 * refused, tried);
	free(text);
}
END_TEST

static void check_refused(const char *from, const char *to, const char *message)
{
	size_t size, before;
	char *text = read_path(json, &size), *at = strstr(text, from), *made;

	ck_assert_msg(at != NULL, "no %s", from);
	before = (size_t)(at - text);
	made = malloc(size + strlen(to));
	memcpy(made, text, before);
	strcpy(made + before, to);
	strcat(made, at + strlen(from));
	write_json(made, strlen(made));
	ck_assert_msg(!unfold(), "%s is taken", to);
	ck_assert_msg(strstr(why, message) != NULL, "%s: %s", to, why);
	write_json(text, size);
	free(text);
	free(made);
}

START_TEST(what_is_wrong_is_said_with_its_line)
{
	tb_sample(&b);
	ck_assert(to_json(false, true));
	check_refused("\"version_minor\":", "\"version_minor\":9", "format version 1.9");
	check_refused("{\"chunk\":\"clock\"", "{\"chunk\":\"glock\"", "beginning of a chunk");
	check_refused("\"kind\":1,", "\"kind\":70000,", "piece of a chunk");
	check_refused("\"start\":\"", "\"start\":\"x", "piece of a chunk");
	check_refused("\"payload\":\"", "\"payload\":\"0", "piece of a chunk");
	check_refused("\"payload\":\"", "\"payload\":\"00", "piece of a chunk");
	check_refused("\"caller\":\"0x", "\"caller\":\"0x12345678123456789", "piece of a chunk");
	check_refused("\"chunk\":\"api\",\"size\":", "\"chunk\":\"api\",\"size\":1", "bytes");
	check_refused("{\"chunk\":\"end\"", "{\"chunk\"\"end\"", "not a valid JSON object");
	check_refused("\n]}\n", "\n", "cut off");
	ck_assert(unfold());
}
END_TEST

/* ---- sources that are not whole ------------------------------------------------------------ */

START_TEST(of_a_cut_trace_the_sound_chunks_are_carried_and_it_is_said)
{
	tb_sample(&b);
	b.size -= 5;
	ck_assert(to_json(false, false));
	ck_assert_ptr_nonnull(strstr(why, "cut off"));
	ck_assert(to_json(false, true));
	ck_assert_ptr_nonnull(strstr(why, "cut off"));
	ck_assert(unfold());
}
END_TEST

/* Cells name processes by their place among the chunks. */
START_TEST(a_spoilt_process_keeps_its_number)
{
	struct rd_full_chunk chunk;
	struct rd_error problem;
	struct rd_full *full;
	unsigned int processes = 0;
	char *pid;

	tb_sample(&b);
	pid = memmem(b.data, b.size, "\"pid\":100", 9);
	ck_assert_ptr_nonnull(pid);
	pid[7] = '3';
	ck_assert(to_json(false, true));
	full = rd_full_open(json, &problem);
	ck_assert_ptr_nonnull(full);
	while (rd_full_next(full, &chunk, &problem)) {
		if (chunk.kind == CTR_CHUNK_PROCESS)
			ck_assert_int_eq(chunk.size == 0, processes++ == 0);
	}
	ck_assert(rd_full_is_whole(full));
	ck_assert_uint_eq(processes, 2);
	rd_full_close(full);
}
END_TEST

START_TEST(what_is_no_trace_is_no_source)
{
	tb_begin(&b);
	b.size = 4;
	ck_assert(!to_json(false, true));
	ck_assert(*why);
	ck_assert(!to_json(false, false));
	ck_assert(*why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("collect/convert");
	TCase *t = tcase_create("full");

	suite_add_tcase(suite, t);
	tcase_add_checked_fixture(t, make_folder, remove_folder);
	tcase_add_test(t, a_run_comes_back_byte_for_byte);
	tcase_add_test(t, what_nobody_understands_comes_back_too);
	tcase_add_test(t, any_bytes_come_back);
	tcase_add_test(t, long_texts_come_back);
	tcase_add_test(t, its_events_are_those_of_the_default);
	tcase_add_test(t, what_has_no_chunks_cannot_be_unfolded);
	tcase_add_test(t, a_cut_file_gives_no_native_trace);
	tcase_add_test(t, a_spoilt_file_is_refused_or_differs);
	tcase_add_test(t, what_is_wrong_is_said_with_its_line);
	tcase_add_test(t, of_a_cut_trace_the_sound_chunks_are_carried_and_it_is_said);
	tcase_add_test(t, a_spoilt_process_keeps_its_number);
	tcase_add_test(t, what_is_no_trace_is_no_source);
	return fx_run(suite);
}
