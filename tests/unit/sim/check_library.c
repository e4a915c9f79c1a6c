/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Libraries, modules, kernels and functions of the simulated driver. The answers are those of a
 * driver R580 on an H200, but for the numbers of registers.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image_fixture.h"
#include "kernel_fixture.h"

START_TEST(a_library_loads_without_a_context)
{
	CUlibrary library;
	CUkernel kernel;
	CUfunction function;

	OK(cuInit(0));
	library = load_library();
	OK(cuLibraryGetKernel(&kernel, library, "add"));
	FAILS(cuKernelGetFunction(&function, kernel), CUDA_ERROR_INVALID_CONTEXT);
}
END_TEST

START_TEST(a_name_that_is_not_in_the_library_is_not_found)
{
	CUkernel kernel;

	begin();
	FAILS(cuLibraryGetKernel(&kernel, load_library(), "no_such"), CUDA_ERROR_NOT_FOUND);
}
END_TEST

START_TEST(a_handle_that_is_no_library_is_invalid)
{
	CUkernel kernel;

	begin();
	FAILS(cuLibraryGetKernel(&kernel, NULL, "add"), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuLibraryUnload(NULL), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(all_kernels_are_counted_and_listed)
{
	CUkernel kernels[8] = { NULL };
	CUlibrary library;
	unsigned int count;

	begin();
	library = load_library();
	OK(cuLibraryGetKernelCount(&count, library));
	ck_assert_uint_eq(count, 5);
	OK(cuLibraryEnumerateKernels(kernels, 8, library));
	for (unsigned int i = 0; i < count; i++) {
		const char *name;

		OK(cuKernelGetName(&name, kernels[i]));
		ck_assert_ptr_eq(kernels[i], kernel_named(library, name));
	}
	ck_assert_ptr_null(kernels[5]);
}
END_TEST

START_TEST(no_more_kernels_are_listed_than_there_is_room_for)
{
	CUkernel kernels[3] = { NULL };

	begin();
	OK(cuLibraryEnumerateKernels(kernels, 2, load_library()));
	ck_assert_ptr_nonnull(kernels[1]);
	ck_assert_ptr_null(kernels[2]);
}
END_TEST

START_TEST(a_kernel_knows_its_library)
{
	CUlibrary library, of;

	begin();
	library = load_library();
	OK(cuKernelGetLibrary(&of, kernel_named(library, "add")));
	ck_assert_ptr_eq(of, library);
}
END_TEST

START_TEST(an_unloaded_library_takes_its_handles_with_it)
{
	CUlibrary library;
	CUkernel kernel;
	CUfunction function;
	const char *name;

	begin();
	library = load_library();
	kernel = kernel_named(library, "add");
	function = function_of(kernel);
	OK(cuLibraryUnload(library));
	FAILS(cuKernelGetName(&name, kernel), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuFuncGetName(&name, function), CUDA_ERROR_INVALID_HANDLE);
	FAILS(cuLibraryUnload(library), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(a_variable_has_its_initial_value_in_each_context)
{
	CUdeviceptr first, second;
	CUlibrary library;
	CUcontext other;
	size_t size;
	unsigned int value = 0;

	begin();
	library = load_library();
	OK(cuLibraryGetGlobal(&first, &size, library, "counter"));
	ck_assert_uint_eq(size, 4);
	OK(cuMemsetD32_v2(first, 99, 1));
	OK(cuCtxCreate_v4(&other, NULL, 0, 1));
	OK(cuLibraryGetGlobal(&second, NULL, library, "counter"));
	ck_assert_uint_ne(first, second);
	OK(cuMemcpyDtoH_v2(&value, second, 4));
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(a_constant_is_a_variable_like_others)
{
	CUdeviceptr address;
	float value = 0;

	begin();
	OK(cuLibraryGetGlobal(&address, NULL, load_library(), "factor"));
	OK(cuMemcpyDtoH_v2(&value, address, 4));
	ck_assert_float_eq(value, 3.0f);
}
END_TEST

START_TEST(a_managed_variable_is_one_for_all_contexts)
{
	CUdeviceptr first, second;
	CUlibrary library;
	CUcontext other;

	begin();
	library = load_library();
	OK(cuLibraryGetManaged(&first, NULL, library, "shared_word"));
	ck_assert_uint_eq(*(unsigned int *)(uintptr_t)first, 5);
	OK(cuCtxCreate_v4(&other, NULL, 0, 1));
	OK(cuLibraryGetGlobal(&second, NULL, library, "shared_word"));
	ck_assert_uint_eq(first, second);
	FAILS(cuLibraryGetManaged(&first, NULL, library, "counter"), CUDA_ERROR_NOT_FOUND);
}
END_TEST

START_TEST(asking_for_neither_address_nor_size_is_an_error)
{
	begin();
	FAILS(cuLibraryGetGlobal(NULL, NULL, load_library(), "counter"), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(variables_are_gone_after_a_reset_and_new_afterwards)
{
	CUdeviceptr address;
	CUlibrary library;
	unsigned int value = 0;

	begin();
	library = load_library();
	OK(cuLibraryGetGlobal(&address, NULL, library, "counter"));
	OK(cuMemsetD32_v2(address, 99, 1));
	OK(cuDevicePrimaryCtxReset_v2(0));
	begin();
	OK(cuLibraryGetGlobal(&address, NULL, library, "counter"));
	OK(cuMemcpyDtoH_v2(&value, address, 4));
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(an_image_without_code_loads_and_answers_209_later)
{
	struct bytes fatbin = ptx_fatbin(100, 0, "k");
	CUlibrary library;
	CUmodule module;
	CUdeviceptr address;
	unsigned int count;
	CUkernel kernel;

	begin();
	OK(cuLibraryLoadData(&library, fatbin.data, NULL, NULL, 0, NULL, NULL, 0));
	OK(cuLibraryGetKernelCount(&count, library));
	ck_assert_uint_eq(count, 0);
	FAILS(cuLibraryGetKernel(&kernel, library, "k"), CUDA_ERROR_NO_BINARY_FOR_GPU);
	FAILS(cuLibraryGetGlobal(&address, NULL, library, "v"), CUDA_ERROR_NO_BINARY_FOR_GPU);
	FAILS(cuModuleLoadData(&module, fatbin.data), CUDA_ERROR_NO_BINARY_FOR_GPU);
	bytes_free(&fatbin);
}
END_TEST

START_TEST(a_library_is_read_from_a_file)
{
	char path[] = "check_library_XXXXXX";
	int fd = mkstemp(path);
	CUlibrary library;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, FIXTURE_PTX, strlen(FIXTURE_PTX)), strlen(FIXTURE_PTX));
	close(fd);
	begin();
	OK(cuLibraryLoadFromFile(&library, path, NULL, NULL, 0, NULL, NULL, 0));
	kernel_named(library, "add");
	unlink(path);
	FAILS(cuLibraryLoadFromFile(&library, path, NULL, NULL, 0, NULL, NULL, 0),
	      CUDA_ERROR_FILE_NOT_FOUND);
}
END_TEST

START_TEST(a_function_is_the_same_each_time_and_another_in_each_context)
{
	CUkernel kernel;
	CUfunction function;
	CUcontext other;

	begin();
	kernel = kernel_named(load_library(), "add");
	function = function_of(kernel);
	ck_assert_ptr_eq(function, function_of(kernel));
	OK(cuCtxCreate_v4(&other, NULL, 0, 0));
	ck_assert_ptr_ne(function, function_of(kernel));
}
END_TEST

START_TEST(a_kernel_is_no_function_to_ask_about)
{
	CUkernel kernel;
	int value;

	begin();
	kernel = kernel_named(load_library(), "add");
	FAILS(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_NUM_REGS, (CUfunction)(void *)kernel),
	      CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(attributes_come_from_the_image)
{
	CUlibrary library;
	CUfunction small;
	int value;

	begin();
	library = load_library();
	small = function_of(kernel_named(library, "small"));
	OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK, small));
	ck_assert_int_eq(value, 64);
	OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, small));
	ck_assert_int_eq(value, 49152);
	OK(cuFuncGetAttribute(&value, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, small));
	ck_assert_int_eq(value, -1);
	OK(cuKernelGetAttribute(&value, CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH,
				kernel_named(library, "paired"), 0));
	ck_assert_int_eq(value, 2);
}
END_TEST

START_TEST(a_kernel_attribute_holds_for_one_device)
{
	const CUfunction_attribute attribute = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
	CUkernel kernel;
	int value;

	begin();
	kernel = kernel_named(load_library(), "add");
	OK(cuKernelSetAttribute(attribute, 100000, kernel, 0));
	OK(cuKernelGetAttribute(&value, attribute, kernel, 0));
	ck_assert_int_eq(value, 100000);
	OK(cuKernelGetAttribute(&value, attribute, kernel, 1));
	ck_assert_int_eq(value, 49152);
	OK(cuFuncGetAttribute(&value, attribute, function_of(kernel)));
	ck_assert_int_eq(value, 100000);
}
END_TEST

START_TEST(a_function_attribute_wins_over_the_kernels)
{
	const CUfunction_attribute attribute = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
	CUkernel kernel;
	int value;

	begin();
	kernel = kernel_named(load_library(), "add");
	OK(cuFuncSetAttribute(function_of(kernel), attribute, 60000));
	OK(cuKernelSetAttribute(attribute, 70000, kernel, 0));
	OK(cuFuncGetAttribute(&value, attribute, function_of(kernel)));
	ck_assert_int_eq(value, 60000);
}
END_TEST

START_TEST(attributes_are_checked_when_set)
{
	CUkernel kernel;

	begin();
	kernel = kernel_named(load_library(), "add");
	OK(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232448, kernel,
				0));
	FAILS(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 232449, kernel,
				   0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 101, kernel,
				   0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_NUM_REGS, 8, kernel, 0),
	      CUDA_ERROR_INVALID_VALUE);
	FAILS(cuKernelSetAttribute(CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, 1, kernel, 99),
	      CUDA_ERROR_INVALID_DEVICE);
}
END_TEST

START_TEST(parameters_are_told_one_by_one)
{
	CUkernel kernel;
	size_t offset, size;

	begin();
	kernel = kernel_named(load_library(), "add");
	OK(cuKernelGetParamInfo(kernel, 1, &offset, &size));
	ck_assert_uint_eq(offset, 8);
	ck_assert_uint_eq(size, 4);
	FAILS(cuKernelGetParamInfo(kernel, 2, &offset, &size), CUDA_ERROR_INVALID_VALUE);
	FAILS(cuFuncGetParamInfo(function_of(kernel), 0, NULL, &size), CUDA_ERROR_INVALID_VALUE);
}
END_TEST

START_TEST(a_module_of_its_own_is_loaded_and_unloaded)
{
	CUmodule module;
	CUfunction function;
	CUdeviceptr address;
	const char *name;

	begin();
	OK(cuModuleLoadData(&module, FIXTURE_PTX));
	OK(cuModuleGetFunction(&function, module, "other"));
	OK(cuFuncGetName(&name, function));
	ck_assert_str_eq(name, "other");
	OK(cuModuleGetGlobal_v2(&address, NULL, module, "counter"));
	FAILS(cuModuleGetFunction(&function, module, "no_such"), CUDA_ERROR_NOT_FOUND);
	OK(cuModuleUnload(module));
	FAILS(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

START_TEST(a_librarys_module_cannot_be_unloaded)
{
	CUmodule module, of;
	CUlibrary library;

	begin();
	library = load_library();
	OK(cuLibraryGetModule(&module, library));
	FAILS(cuModuleUnload(module), CUDA_ERROR_NOT_PERMITTED);
	OK(cuFuncGetModule(&of, function_of(kernel_named(library, "add"))));
	ck_assert_ptr_eq(of, module);
}
END_TEST

START_TEST(what_is_no_image_is_not_loaded_as_a_module)
{
	CUmodule module;

	begin();
	FAILS(cuModuleLoadData(&module, "certainly not an image"), CUDA_ERROR_INVALID_IMAGE);
}
END_TEST

START_TEST(modules_end_with_their_context)
{
	CUcontext ctx;
	CUmodule module;

	begin();
	OK(cuCtxCreate_v4(&ctx, NULL, 0, 0));
	OK(cuModuleLoadData(&module, FIXTURE_PTX));
	OK(cuCtxDestroy_v2(ctx));
	begin();
	FAILS(cuModuleUnload(module), CUDA_ERROR_INVALID_HANDLE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("library");
	TCase *tcase = tcase_create("library");

	suite_add_tcase(suite, tcase);
	tcase_add_test(tcase, a_library_loads_without_a_context);
	tcase_add_test(tcase, a_name_that_is_not_in_the_library_is_not_found);
	tcase_add_test(tcase, a_handle_that_is_no_library_is_invalid);
	tcase_add_test(tcase, all_kernels_are_counted_and_listed);
	tcase_add_test(tcase, no_more_kernels_are_listed_than_there_is_room_for);
	tcase_add_test(tcase, a_kernel_knows_its_library);
	tcase_add_test(tcase, an_unloaded_library_takes_its_handles_with_it);
	tcase_add_test(tcase, a_variable_has_its_initial_value_in_each_context);
	tcase_add_test(tcase, a_constant_is_a_variable_like_others);
	tcase_add_test(tcase, a_managed_variable_is_one_for_all_contexts);
	tcase_add_test(tcase, asking_for_neither_address_nor_size_is_an_error);
	tcase_add_test(tcase, variables_are_gone_after_a_reset_and_new_afterwards);
	tcase_add_test(tcase, an_image_without_code_loads_and_answers_209_later);
	tcase_add_test(tcase, a_library_is_read_from_a_file);
	tcase_add_test(tcase, a_function_is_the_same_each_time_and_another_in_each_context);
	tcase_add_test(tcase, a_kernel_is_no_function_to_ask_about);
	tcase_add_test(tcase, attributes_come_from_the_image);
	tcase_add_test(tcase, a_kernel_attribute_holds_for_one_device);
	tcase_add_test(tcase, a_function_attribute_wins_over_the_kernels);
	tcase_add_test(tcase, attributes_are_checked_when_set);
	tcase_add_test(tcase, parameters_are_told_one_by_one);
	tcase_add_test(tcase, a_module_of_its_own_is_loaded_and_unloaded);
	tcase_add_test(tcase, a_librarys_module_cannot_be_unloaded);
	tcase_add_test(tcase, what_is_no_image_is_not_loaded_as_a_module);
	tcase_add_test(tcase, modules_end_with_their_context);
	return run_suite(suite);
}
