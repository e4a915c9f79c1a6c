/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/shim/observe.c: what a report becomes in the definitions file. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hook/driver_lookup.h"
#include "hook/loaded.h"
#include "runtime/introspect.h"
#include "shim/observe.h"
#include "unit/record/runner.h"

static struct ctr_def def;
static char text[4096];

/* The only definition that was written. */
/* The next one of the process's. */
static void read_definition(void)
{
	static off_t at; /* each test is a process */
	const struct ctr_process *p = fixture_slot(0);
	char name[128];
	ssize_t size;
	int fd;

	snprintf(name, sizeof(name), "defs.%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	fd = open(fixture_path(name), O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, &def, sizeof(def), at), sizeof(def));
	size = (ssize_t)(def.size - sizeof(def));
	ck_assert_int_lt(size, sizeof(text));
	ck_assert_int_eq(pread(fd, text, (size_t)size, at + (off_t)sizeof(def)), size);
	at += (off_t)def.size;
	text[size] = '\0';
	close(fd);
}

/* Takes the place of hook/loaded.c. */
void hook_modules_each(bool again, void (*tell)(const struct hook_module *module))
{
	static const struct hook_module module = {
		.role = HOOK_ROLE_STATIC_RUNTIME,
		.abi = "",
		.why = "it is new",
		.name = "cudaFuture",
		.path = "/opt/app",
	};

	ck_assert(!again);
	tell(&module);
}

void hook_driver_appeared(bool by_us)
{
	ck_assert(by_us);
}

/* Likewise of hook/driver_lookup.c. */
void hook_driver_passed_each(bool again, void (*tell)(const char *name))
{
	ck_assert(!again);
	tell("cuFuture");
}

static void make(void)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
}

START_TEST(a_kernel_is_its_name)
{
	make();
	shim_observer.kernel((void *)0x4000, "_Z5saxpyifPfS_");
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_KERNEL);
	ck_assert_uint_eq(def.key, 0x4000);
	ck_assert_str_eq(text, "name=_Z5saxpyifPfS_\n");
}
END_TEST

START_TEST(a_symbol_has_a_size)
{
	make();
	shim_observer.symbol((void *)0x5000, "table", 1024);
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_SYMBOL);
	ck_assert_uint_eq(def.key, 0x5000);
	ck_assert_str_eq(text, "name=table\nsize=1024\n");
}
END_TEST

START_TEST(a_reference_says_what_it_refers_to)
{
	make();
	shim_observer.reference((void *)0x6000, "tex", false);
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_REFERENCE);
	ck_assert_uint_eq(def.key, 0x6000);
	ck_assert_str_eq(text, "name=tex\nkind=texture\n");
}
END_TEST

START_TEST(an_object_with_a_runtime_says_what_became_of_it)
{
	make();
	shim_tell_modules(false);
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_MODULE);
	ck_assert_str_eq(text, "path=/opt/app\nrole=static-runtime\ncovered=no\nabi=\n"
			       "why=it is new\nfunction=cudaFuture\n");
	read_definition();
	ck_assert_str_eq(text, "path=libcuda.so.1\nrole=driver-function\ncovered=no\nabi=\n"
			       "why=\nfunction=cuFuture\n");
}
END_TEST

START_TEST(a_reference_may_be_to_a_surface)
{
	make();
	shim_observer.reference((void *)0x6000, "surf", true);
	read_definition();
	ck_assert_str_eq(text, "name=surf\nkind=surface\n");
}
END_TEST

START_TEST(a_device_is_its_facts)
{
	const struct rt_device_facts facts = {
		.ordinal = 1,
		.name = "A Device",
		.total_memory = 80ull << 30,
		.compute_major = 9,
		.compute_minor = 1,
		.multiprocessors = 132,
		.warp_size = 32,
		.max_threads_per_block = 1024,
		.max_threads_per_multiprocessor = 2048,
		.registers_per_block = 65536,
		.registers_per_multiprocessor = 65537,
		.shared_per_block = 49152,
		.shared_per_block_optin = 232448,
		.shared_per_multiprocessor = 233472,
	};

	make();
	shim_observer.device(&facts);
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_DEVICE);
	ck_assert_uint_eq(def.key, 1);
	ck_assert_str_eq(text,
			 "name=A Device\ntotalGlobalMem=85899345920\ncomputeMajor=9\n"
			 "computeMinor=1\nnumSms=132\nwarpSize=32\nmaxThreadsPerBlock=1024\n"
			 "maxThreadsPerMultiprocessor=2048\nregsPerBlock=65536\n"
			 "regsPerMultiprocessor=65537\nsharedMemPerBlock=49152\n"
			 "sharedMemPerBlockOptin=232448\nsharedMemPerMultiprocessor=233472\n");
}
END_TEST

START_TEST(a_stream_has_device_priority_and_flags)
{
	make();
	shim_observer.stream((void *)0x6000, 2, 1, -3);
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_STREAM);
	ck_assert_uint_eq(def.key, 0x6000);
	ck_assert_str_eq(text, "device=2\npriority=-3\nflags=1\n");
}
END_TEST

START_TEST(versions_name_the_driver_and_its_file)
{
	make();
	shim_observer.driver(13000, 13010, "/usr/lib/libcuda.so.1");
	read_definition();
	ck_assert_uint_eq(def.kind, CTR_DEF_VERSIONS);
	ck_assert_str_eq(text, "runtime=13000\ndriver=13010\ndriver_file=/usr/lib/libcuda.so.1\n");
}
END_TEST

START_TEST(without_a_driver_there_is_no_file)
{
	make();
	shim_observer.driver(13000, 0, NULL);
	read_definition();
	ck_assert_str_eq(text, "runtime=13000\ndriver=0\n");
}
END_TEST

Suite *test_suite(void)
{
	Suite *s = suite_create("shim/observe");

	suite_test(s, a_kernel_is_its_name);
	suite_test(s, a_symbol_has_a_size);
	suite_test(s, a_reference_says_what_it_refers_to);
	suite_test(s, a_reference_may_be_to_a_surface);
	suite_test(s, an_object_with_a_runtime_says_what_became_of_it);
	suite_test(s, a_device_is_its_facts);
	suite_test(s, a_stream_has_device_priority_and_flags);
	suite_test(s, versions_name_the_driver_and_its_file);
	suite_test(s, without_a_driver_there_is_no_file);
	return s;
}
