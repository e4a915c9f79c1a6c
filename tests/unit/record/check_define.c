/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/record/define.c. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "record/define.h"
#include "unit/record/runner.h"

static char data[1 << 20];

static void define(uint64_t key, const char *name)
{
	const struct rec_piece pieces[] = { { "name=", 5 }, { name, strlen(name) }, { "\n", 1 } };

	rec_define(CTR_DEF_KERNEL, key, pieces, 3);
}

static size_t read_definitions(void)
{
	const struct ctr_process *p = fixture_slot(0);
	char name[128];
	ssize_t size;
	int fd;

	snprintf(name, sizeof(name), "defs.%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	fd = open(fixture_path(name), O_RDONLY);
	if (fd < 0)
		return 0;
	size = read(fd, data, sizeof(data));
	close(fd);
	ck_assert_int_ge(size, 0);
	return (size_t)size;
}

/* The definition of CRC-32, bit by bit. */
static uint32_t crc(const unsigned char *p, size_t size)
{
	uint32_t value = UINT32_MAX;

	while (size-- > 0) {
		value ^= *p++;
		for (int i = 0; i < 8; i++)
			value = value >> 1 ^ (value & 1 ? 0xedb88320 : 0);
	}
	return ~value;
}

/* Records are not aligned. */
static struct ctr_def at(size_t offset)
{
	const size_t from = offsetof(struct ctr_def, kind);
	struct ctr_def def;

	memcpy(&def, data + offset, sizeof(def));
	ck_assert_uint_eq(def.checksum,
			  crc((const unsigned char *)data + offset + from, def.size - from));
	return def;
}

START_TEST(a_definition_is_one_sound_record)
{
	static const char text[] = "name=saxpy\n";
	struct ctr_def def;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_call(1);
	define(0x1234, "saxpy");
	ck_assert_uint_eq(read_definitions(), sizeof(def) + sizeof(text) - 1);
	def = at(0);
	ck_assert_uint_eq(def.size, sizeof(def) + sizeof(text) - 1);
	ck_assert_uint_eq(def.kind, CTR_DEF_KERNEL);
	ck_assert_uint_eq(def.key, 0x1234);
	ck_assert_uint_eq(def.tid, (uint32_t)gettid());
	ck_assert_uint_gt(def.counter, 0);
	ck_assert_int_eq(memcmp(data + sizeof(def), text, sizeof(text) - 1), 0);
}
END_TEST

START_TEST(a_definition_opens_the_session)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	define(1, "k");
	ck_assert_int_eq(rec_switch.state, REC_ON);
	ck_assert_uint_gt(read_definitions(), 0);
}
END_TEST

START_TEST(nothing_is_defined_when_recording_is_off)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_setup.off = true;
	define(1, "k");
	ck_assert_uint_eq(fixture_count("defs."), 0);
}
END_TEST

#define LONG_NAME 20000

START_TEST(a_name_may_be_of_any_length)
{
	static char name[LONG_NAME + 1];

	memset(name, 'x', LONG_NAME);
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	define(1, name);
	ck_assert_uint_eq(read_definitions(), sizeof(struct ctr_def) + LONG_NAME + 6);
	at(0);
}
END_TEST

static void *define_many(void *arg)
{
	char name[64];

	for (uint64_t i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "kernel_%llu_%*s", (unsigned long long)i, (int)i % 30,
			 "");
		define((uintptr_t)arg + i, name);
	}
	return NULL;
}

START_TEST(definitions_of_several_threads_do_not_mix)
{
	pthread_t threads[4];
	size_t size, offset;
	int n = 0;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	for (uintptr_t i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, define_many, (void *)(i * 1000));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	size = read_definitions();
	for (offset = 0; offset < size; offset += at(offset).size)
		n++;
	ck_assert_uint_eq(offset, size);
	ck_assert_int_eq(n, 400);
}
END_TEST

START_TEST(what_cannot_be_written_is_counted)
{
	struct rlimit limit;
	int error;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_call(1);
	getrlimit(RLIMIT_FSIZE, &limit);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){ .rlim_cur = 100, .rlim_max = limit.rlim_max });
	errno = 4242;
	define(1, "short");
	define(2, "one that is longer than what the limit leaves for it");
	define(3, "and another, of the same length, more or less, as that");
	error = errno;
	/* Check's own files are under the limit too. */
	setrlimit(RLIMIT_FSIZE, &limit);
	ck_assert_int_eq(error, 4242);
	ck_assert_uint_eq(fixture_slot(0)->lost_defs, 2);
	ck_assert_uint_eq(read_definitions(), at(0).size);
}
END_TEST

static void define_stream(void *data)
{
	(void)data;
	rec_define_stream(0x1234, 1, 2, -3);
}

START_TEST(a_stream_made_in_a_call_costs_a_record)
{
	static struct fixture_record found;
	struct ctr_control_stream stream;
	struct fixture_ring r;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	fixture_call_around(1, 5, define_stream, NULL);
	ck_assert_uint_eq(read_definitions(), 0);
	r = fixture_ring_open(0, 0);
	while (fixture_next(&r, &found) && found.head.function != CTR_CONTROL_STREAM)
		;
	ck_assert_uint_eq(found.head.function, CTR_CONTROL_STREAM);
	ck_assert(found.committed);
	memcpy(&stream, found.payload, sizeof(stream));
	ck_assert_uint_eq(stream.key, 0x1234);
	ck_assert_int_eq(stream.device, 1);
	ck_assert_uint_eq(stream.flags, 2);
	ck_assert_int_eq(stream.priority, -3);
	/* It is no call. */
	ck_assert_uint_eq(r.ring->calls, 1);
	fixture_expect_balanced(&r);
}
END_TEST

START_TEST(without_room_in_the_ring_it_is_a_definition)
{
	fixture_make(
		&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP, .ring_bytes = 4096 });
	for (int i = 0; i < 61; i++)
		fixture_call(1);
	fixture_call_around(1, 5, define_stream, NULL);
	ck_assert_uint_gt(read_definitions(), 0);
	ck_assert_uint_eq(at(0).kind, CTR_DEF_STREAM);
	ck_assert_uint_eq(at(0).key, 0x1234);
	ck_assert_ptr_nonnull(
		strstr(data + sizeof(struct ctr_def), "device=1\npriority=-3\nflags=2\n"));
}
END_TEST

START_TEST(an_overwritten_ring_would_forget_it)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE });
	fixture_call_around(1, 5, define_stream, NULL);
	ck_assert_uint_gt(read_definitions(), 0);
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("record/define");

	suite_test(s, a_definition_is_one_sound_record);
	suite_test(s, a_definition_opens_the_session);
	suite_test(s, nothing_is_defined_when_recording_is_off);
	suite_test(s, a_name_may_be_of_any_length);
	suite_test(s, definitions_of_several_threads_do_not_mix);
	suite_test(s, what_cannot_be_written_is_counted);
	suite_test(s, a_stream_made_in_a_call_costs_a_record);
	suite_test(s, without_room_in_the_ring_it_is_a_definition);
	suite_test(s, an_overwritten_ring_would_forget_it);
	return s;
}
