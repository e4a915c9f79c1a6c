/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images as nvcc makes them of image_fixture.cu: whatever the container, architecture and
 * compression, the kernels and variables must come out the same.  Needs a CUDA toolkit.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/image.h"
#include "image_fixture.h"

struct param {
	uint32_t offset, size;
};

static const struct kernel {
	const char *name;
	uint32_t nparams;
	struct param params[5];
	uint32_t param_size, max_threads, shared;
} kernels[] = {
	{ "plain", 2, { { 0, 8 }, { 8, 4 } }, 12, 0, 128 },
	{ "bounded", 5, { { 0, 1 }, { 8, 24 }, { 32, 2 }, { 48, 32 }, { 80, 8 } }, 88, 256, 0 },
	{ "no_arguments", 0, { { 0, 0 } }, 0, 0, 0 },
	{ "_Z9with_typeIfEvT_PS0_", 2, { { 0, 4 }, { 8, 8 } }, 16, 0, 0 },
	{ "dynamic", 1, { { 0, 8 } }, 8, 0, 0 },
	{ "local_array", 2, { { 0, 8 }, { 8, 4 } }, 12, 0, 0 },
	{ "clustered", 1, { { 0, 8 } }, 8, 0, 0 },
	{ "many_bytes", 2, { { 0, 20000 }, { 20000, 8 } }, 20008, 0, 0 },
};

#define NKERNELS (sizeof(kernels) / sizeof(kernels[0]))

static const int g_init[4] = { 1, 2, 3, 4 }, m_val = 77;
static const float c_tab[8] = { 1.0f, 2.0f };

static const struct global {
	const char *name;
	uint64_t size;
	bool constant, managed;
	const void *init;
} globals[] = {
	{ "g_zero", 64, false, false, NULL }, { "g_init", 16, false, false, g_init },
	{ "c_tab", 32, true, false, c_tab },  { "c_zero", 4, true, false, NULL },
	{ "m_val", 4, false, true, &m_val },  { "m_zero", 24, false, true, NULL },
};

/* What to make, and for which device it is then read. */
static const struct form {
	const char *what;
	const char *options;
	int sm;
	bool from_ptx;
	bool required; /* else older toolkits may not know the options */
} forms[] = {
	{ "a cubin for sm_75", "-cubin -arch=sm_75", 75, false, true },
	{ "a cubin for sm_90", "-cubin -arch=sm_90", 90, false, true },
	{ "a cubin for sm_100", "-cubin -arch=sm_100", 100, false, false },
	{ "a relocatable cubin", "-cubin -rdc=true -arch=sm_90", 90, false, true },
	{ "PTX", "-ptx -arch=compute_90", 90, true, true },
	{ "relocatable PTX", "-ptx -rdc=true -arch=compute_90", 90, true, true },
	{ "PTX with line numbers", "-ptx -lineinfo -arch=compute_90", 90, true, true },
	{ "a fatbin", "-fatbin -arch=sm_90", 90, false, true },
	{ "a fatbin, read for a later device",
	  "-fatbin -gencode arch=compute_75,code=sm_75 "
	  "-gencode arch=compute_90,code=compute_90",
	  120, true, true },
	{ "a fatbin, read for an older device",
	  "-fatbin -gencode arch=compute_75,code=sm_75 "
	  "-gencode arch=compute_90,code=compute_90",
	  75, false, true },
	{ "a fatbin without compression", "-fatbin -arch=sm_90 -compress-mode=none", 90, false,
	  false },
	{ "a fatbin compressed for size", "-fatbin -arch=sm_90 -compress-mode=size", 90, false,
	  false },
	{ "a fatbin compressed for speed", "-fatbin -arch=compute_90 -compress-mode=speed", 90,
	  true, false },
	{ "a fatbin, balanced", "-fatbin -arch=compute_90 -compress-mode=balance", 90, true,
	  false },
	{ "a fatbin for sm_90a", "-fatbin -arch=sm_90a", 90, false, true },
};

#define NFORMS (sizeof(forms) / sizeof(forms[0]))

static char folder[] = "/tmp/check_image.XXXXXX";

static const char *nvcc(void)
{
	static char path[4096];
	const char *cuda = getenv("CURTRACE_CUDA"), *found = getenv("NVCC");

	if (found && *found)
		return found;
	snprintf(path, sizeof(path), "%s/bin/nvcc", cuda && *cuda ? cuda : "/usr/local/cuda");
	return access(path, X_OK) ? NULL : path;
}

static const char *path_of(unsigned form)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%u", folder, form);
	return path;
}

/* True where the form could be made; what nvcc had to say is left for the log. */
static bool compile(unsigned form)
{
	const char *top = getenv("top_srcdir");
	char command[8192];
	int status;

	snprintf(command, sizeof(command), "'%s' %s -o '%s' '%s/tests/unit/sim/image_fixture.cu'",
		 nvcc(), forms[form].options, path_of(form), top ? top : ".");
	status = system(command);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Made on first use, within the test's own process: each is used by few tests. */
static struct bytes made(unsigned form)
{
	struct bytes bytes = { 0 };
	char buffer[4096];
	size_t n;
	FILE *file;

	if (!compile(form)) {
		ck_assert_msg(!forms[form].required, "nvcc makes no %s", forms[form].what);
		printf("skipped: nvcc makes no %s\n", forms[form].what);
		return bytes;
	}
	file = fopen(path_of(form), "rb");
	ck_assert_ptr_nonnull(file);
	while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
		bytes_add(&bytes, buffer, n);
	fclose(file);
	unlink(path_of(form));
	return bytes;
}

static void expect_kernel(const struct sim_image *image, const struct kernel *expected,
			  const struct form *form)
{
	const struct sim_image_kernel *kernel = sim_image_find_kernel(image, expected->name);

	ck_assert_msg(kernel != NULL, "no kernel %s", expected->name);
	ck_assert_uint_eq(kernel->nparams, expected->nparams);
	for (uint32_t i = 0; i < kernel->nparams; i++) {
		ck_assert_uint_eq(kernel->params[i].offset, expected->params[i].offset);
		ck_assert_uint_eq(kernel->params[i].size, expected->params[i].size);
	}
	ck_assert_uint_eq(kernel->param_size, expected->param_size);
	ck_assert_uint_eq(kernel->max_threads, expected->max_threads);
	ck_assert_uint_eq(kernel->static_shared, expected->shared);
	ck_assert_uint_eq(kernel->const_size, 36);
	ck_assert_int_eq(kernel->binary_version, form->sm);
	ck_assert_uint_gt(kernel->regs, 0);
}

static void expect_global(const struct sim_image *image, const struct global *expected)
{
	const struct sim_image_global *global = sim_image_find_global(image, expected->name);

	ck_assert_msg(global != NULL, "no variable %s", expected->name);
	ck_assert_uint_eq(global->size, expected->size);
	ck_assert_int_eq(global->is_constant, expected->constant);
	ck_assert_int_eq(global->is_managed, expected->managed);
	ck_assert_int_eq(global->init != NULL, expected->init != NULL);
	if (expected->init)
		ck_assert_mem_eq(global->init, expected->init, expected->size);
}

START_TEST(kernels_and_variables_are_those_of_the_source)
{
	const struct form *form = &forms[_i];
	struct bytes file = made((unsigned)_i);
	struct sim_image *image = NULL;
	const struct sim_image_kernel *clustered;
	void *copy;

	if (!file.data)
		return;
	copy = exact_copy(file.data, file.size);
	ck_assert_int_eq(sim_image_parse_sized(copy, file.size, form->sm, &image), SIM_IMAGE_OK);
	free(copy);
	ck_assert_uint_eq(image->nkernels, NKERNELS);
	for (size_t i = 0; i < NKERNELS; i++)
		expect_kernel(image, &kernels[i], form);
	for (size_t i = 0; i < sizeof(globals) / sizeof(globals[0]); i++)
		expect_global(image, &globals[i]);
	ck_assert_int_eq(image->from_ptx, form->from_ptx);
	clustered = sim_image_find_kernel(image, "clustered");
	ck_assert_int_eq(clustered->cluster_must_be_set, form->sm >= 90);
	ck_assert_uint_eq(clustered->cluster[0], form->sm >= 90 ? 2 : 0);
	/* Before linking nobody knows how deep the stack of a kernel is. */
	if (!image->relocatable)
		ck_assert_uint_eq(sim_image_find_kernel(image, "local_array")->local_size, 256);
	sim_image_free(image);
	bytes_free(&file);
}
END_TEST

/* Cut short and damaged at places all over the file; the tables lie at its end. */
START_TEST(a_damaged_image_is_survived)
{
	struct bytes file = made((unsigned)_i);
	int sm = forms[_i].sm;
	uint32_t random = 99;

	for (size_t n = 0; file.data && n < file.size; n += 1 + file.size / 2000) {
		struct sim_image *image = NULL;
		unsigned char *copy = exact_copy(file.data, n);
		int rc = sim_image_parse_sized(copy, n, sm, &image);

		ck_assert(forms[_i].from_ptx || rc);
		sim_image_free(image);
		free(copy);
		image = NULL;
		copy = exact_copy(file.data, file.size);
		for (int i = 0; i < 4; i++) {
			random = random * 1664525 + 1013904223;
			copy[(n + (random >> 8) % 64) % file.size] ^= (unsigned char)(random >> 4);
		}
		if (sim_image_parse_sized(copy, file.size, sm, &image) == SIM_IMAGE_OK)
			sim_image_free(image);
		free(copy);
	}
	bytes_free(&file);
}
END_TEST

static Suite *nvcc_suite(void)
{
	Suite *suite = suite_create("sim/image, nvcc");
	TCase *tc = tcase_create("nvcc");

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, kernels_and_variables_are_those_of_the_source, 0, (int)NFORMS);
	/* a linked and a relocatable cubin, PTX */
	tcase_add_loop_test(tc, a_damaged_image_is_survived, 1, 2);
	tcase_add_loop_test(tc, a_damaged_image_is_survived, 3, 5);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner;
	int failed;

	if (!nvcc()) {
		puts("skipped: no nvcc (CURTRACE_CUDA and NVCC name none)");
		return 77;
	}
	if (!mkdtemp(folder)) {
		perror(folder);
		return 99;
	}
	runner = srunner_create(nvcc_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	rmdir(folder);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
