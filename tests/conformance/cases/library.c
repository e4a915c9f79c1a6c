/* SPDX-License-Identifier: Apache-2.0 */
/* Libraries: code loaded at run time. */
#include "conformance.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char mixed_ptx[] =
	".version 7.8\n.target sm_90\n.address_size 64\n"
	".visible .global .align 4 .u32 lib_plain[3] = {1, 2, 3};\n"
	".visible .global .attribute(.managed) .align 8 .u64 lib_managed = 9;\n"
	".visible .const .align 4 .u32 lib_const = 4;\n"
	".visible .entry lib_first()\n{\n	ret;\n}\n"
	".visible .entry lib_second(.param .u64 a, .param .u32 b)\n{\n	ret;\n}\n";

static cudaLibrary_t load(const void *code)
{
	cudaLibrary_t library = NULL;

	NEED(cudaLibraryLoadData(&library, code, NULL, NULL, 0, NULL, NULL, 0));
	return library;
}

static void try_code(const void *code)
{
	cudaLibrary_t library = UNTOUCHED;
	unsigned int count = UNTOUCHED_INT;
	cudaKernel_t kernel = UNTOUCHED;

	if (DO(cudaLibraryLoadData(&library, code, NULL, NULL, 0, NULL, NULL, 0)) != cudaSuccess) {
		SHOW(library);
		return;
	}
	SHOW(library);
	DO(cudaLibraryGetKernelCount(&count, library));
	SHOW(count);
	DO(cudaLibraryGetKernel(&kernel, library, "lib_first"));
	SHOW(kernel);
	DO(cudaLibraryUnload(library));
}

CASE(load_text)
{
	try_code(mixed_ptx);
}

CASE(load_wrapper)
{
	try_code(conf_fatbin(mixed_ptx));
}

CASE(load_empty)
{
	try_code("");
}

CASE(load_text_that_is_no_code)
{
	try_code("this is not a program\n");
}

CASE(load_syntax_error)
{
	try_code(".version 7.8\n.target sm_90\n.address_size 64\n"
		 ".visible .entry lib_first()\n{\n	no_such_instruction;\n}\n");
}

CASE(load_newer_version)
{
	try_code(".version 99.9\n.target sm_90\n.address_size 64\n"
		 ".visible .entry lib_first()\n{\n	ret;\n}\n");
}

CASE(load_newer_architecture)
{
	try_code(".version 8.7\n.target sm_120\n.address_size 64\n"
		 ".visible .entry lib_first()\n{\n	ret;\n}\n");
}

CASE(load_elf_header)
{
	static const unsigned char elf[64] __attribute__((aligned(16))) = {
		0x7f, 'E', 'L', 'F', 2, 1, 1, 0x33, 7, [16] = 2, [18] = 190, [20] = 1, [52] = 64,
	};

	try_code(elf);
}

CASE(load_null)
{
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(NULL, mixed_ptx, NULL, NULL, 0, NULL, NULL, 0));
	DO(cudaLibraryLoadData(&library, NULL, NULL, NULL, 0, NULL, NULL, 0));
	SHOW(library);
	DO(cudaLibraryLoadData(NULL, NULL, NULL, NULL, 0, NULL, NULL, 0));
}

CASE(load_twice)
{
	cudaLibrary_t a = load(mixed_ptx), b = load(mixed_ptx);
	void *in_a = NULL, *in_b = NULL;
	size_t size;

	SHOW_IF(a == b);
	DO(cudaLibraryGetGlobal(&in_a, &size, a, "lib_plain"));
	DO(cudaLibraryGetGlobal(&in_b, &size, b, "lib_plain"));
	SHOW_IF(in_a == in_b);
	DO(cudaLibraryUnload(a));
	DO(cudaLibraryUnload(b));
}

/* Options. */

CASE(jit_options)
{
	enum cudaJitOption options[] = { cudaJitOptimizationLevel, cudaJitMaxRegisters };
	void *values[] = { (void *)2, (void *)32 };
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, options, values, 2, NULL, NULL, 0));
	SHOW(library);
}

CASE(jit_options_bad)
{
	enum cudaJitOption option = (enum cudaJitOption)999;
	void *value = NULL;
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, &option, &value, 1, NULL, NULL, 0));
	SHOW(library);
	option = cudaJitOptimizationLevel;
	value = (void *)77;
	DO(cudaLibraryLoadData(&library, mixed_ptx, &option, &value, 1, NULL, NULL, 0));
}

CASE(jit_options_missing)
{
	enum cudaJitOption option = cudaJitOptimizationLevel;
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 1, NULL, NULL, 0));
	SHOW(library);
	DO(cudaLibraryLoadData(&library, mixed_ptx, &option, NULL, 1, NULL, NULL, 0));
}

CASE(jit_log)
{
	static char log[512];
	enum cudaJitOption options[] = { cudaJitErrorLogBuffer, cudaJitErrorLogBufferSizeBytes };
	void *values[] = { log, (void *)sizeof(log) };
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, "syntax error\n", options, values, 2, NULL, NULL, 0));
	DO(cudaLibraryLoadData(&library, mixed_ptx, options, values, 2, NULL, NULL, 0));
	SHOW_IF(log[0] == 0);
}

CASE(library_options)
{
	enum cudaLibraryOption option = cudaLibraryBinaryIsPreserved;
	void *yes = (void *)1, *no = NULL;
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, &option, &yes, 1));
	SHOW(library);
	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, &option, &no, 1));
	option = (enum cudaLibraryOption)77;
	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, &option, &yes, 1));
}

CASE(library_options_without_values)
{
	enum cudaLibraryOption option = cudaLibraryBinaryIsPreserved;
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, &option, NULL, 1));
}

CASE(library_options_null)
{
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, NULL, NULL, 1));
}

/* Files. */

static char path[64];

/* A file of this process's own with some contents. */
static const char *file_of(const void *bytes, size_t size)
{
	int fd;

	strcpy(path, "/tmp/conformance-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		conf_print("no file");
	close(fd);
	return path;
}

static void try_file(const void *bytes, size_t size)
{
	cudaLibrary_t library = UNTOUCHED;
	const char *name = file_of(bytes, size);
	unsigned int count = UNTOUCHED_INT;
	cudaError_t error =
		DO(cudaLibraryLoadFromFile(&library, name, NULL, NULL, 0, NULL, NULL, 0));

	unlink(path);
	SHOW(library);
	if (error != cudaSuccess)
		return;
	DO(cudaLibraryGetKernelCount(&count, library));
	SHOW(count);
	DO(cudaLibraryUnload(library));
}

CASE(file)
{
	try_file(mixed_ptx, strlen(mixed_ptx));
}

CASE(file_with_zero_at_end)
{
	try_file(mixed_ptx, sizeof(mixed_ptx));
}

CASE(file_empty)
{
	try_file("", 0);
}

CASE(file_of_text)
{
	try_file("hello\n", 6);
}

CASE(file_missing)
{
	cudaLibrary_t library = UNTOUCHED;

	DO(cudaLibraryLoadFromFile(&library, "/nonexistent/file", NULL, NULL, 0, NULL, NULL, 0));
	SHOW(library);
	DO(cudaLibraryLoadFromFile(&library, "", NULL, NULL, 0, NULL, NULL, 0));
	DO(cudaLibraryLoadFromFile(&library, "/", NULL, NULL, 0, NULL, NULL, 0));
	DO(cudaLibraryLoadFromFile(&library, NULL, NULL, NULL, 0, NULL, NULL, 0));
	DO(cudaLibraryLoadFromFile(NULL, "/nonexistent/file", NULL, NULL, 0, NULL, NULL, 0));
	SHOW(library);
}

/* What is in it. */

CASE(get_kernel)
{
	cudaLibrary_t library = load(mixed_ptx);
	cudaKernel_t kernel = UNTOUCHED, again = NULL;

	DO(cudaLibraryGetKernel(&kernel, library, "lib_first"));
	SHOW(kernel);
	DO(cudaLibraryGetKernel(&again, library, "lib_first"));
	SHOW_IF(kernel == again);
	again = UNTOUCHED;
	DO(cudaLibraryGetKernel(&again, library, "lib_absent"));
	SHOW(again);
	DO(cudaLibraryGetKernel(&again, library, ""));
	DO(cudaLibraryGetKernel(&again, library, "lib_plain"));
	DO(cudaLibraryGetKernel(&again, library, NULL));
	DO(cudaLibraryGetKernel(&again, NULL, "lib_first"));
	DO(cudaLibraryGetKernel(NULL, library, "lib_first"));
	DO(cudaLibraryGetKernel(NULL, NULL, NULL));
	SHOW(again);
}

CASE(launch_kernel)
{
	cudaLibrary_t library = load(conf_ptx);
	cudaKernel_t kernel = NULL;
	unsigned int n = 5, value = 0;
	void *address = NULL;
	size_t size = 0;

	NEED(cudaLibraryGetKernel(&kernel, library, "add_counter"));
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), ARGS(&n), 0, NULL));
	DO(cudaLibraryGetGlobal(&address, &size, library, "counter"));
	SHOW(size);
	DO(cudaMemcpy(&value, address, 4, cudaMemcpyDeviceToHost));
	SHOW(value);
	conf_register();
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

CASE(kernel_in_function_calls)
{
	cudaLibrary_t library = load(mixed_ptx);
	struct cudaFuncAttributes attributes;
	cudaFunction_t function = UNTOUCHED;
	cudaKernel_t kernel = NULL, found = UNTOUCHED;
	const char *name = UNTOUCHED;
	size_t offset = 0, size = 0;

	NEED(cudaLibraryGetKernel(&kernel, library, "lib_second"));
	DO(cudaFuncGetAttributes(&attributes, kernel));
	if (DO(cudaFuncGetName(&name, kernel)) == cudaSuccess)
		SHOW_TEXT(name);
	DO(cudaFuncGetParamInfo(kernel, 1, &offset, &size));
	SHOW(offset);
	SHOW(size);
	DO(cudaGetKernel(&found, kernel));
	SHOW_IF(found == UNTOUCHED);
	DO(cudaGetFuncBySymbol(&function, kernel));
	SHOW(function);
}

CASE(count_kernels)
{
	cudaLibrary_t library = load(mixed_ptx);
	unsigned int count = UNTOUCHED_INT;

	DO(cudaLibraryGetKernelCount(&count, library));
	SHOW(count);
	DO(cudaLibraryGetKernelCount(NULL, library));
	count = UNTOUCHED_INT;
	DO(cudaLibraryGetKernelCount(&count, NULL));
	SHOW_IF(count == UNTOUCHED_INT);
	DO(cudaLibraryGetKernelCount(NULL, NULL));
}

CASE(enumerate_kernels)
{
	cudaLibrary_t library = load(mixed_ptx);
	cudaKernel_t kernels[4] = { UNTOUCHED, UNTOUCHED, UNTOUCHED, UNTOUCHED };
	cudaKernel_t first = NULL, second = NULL;

	DO(cudaLibraryEnumerateKernels(kernels, 1, library));
	SHOW(kernels[0]);
	SHOW(kernels[1]);
	DO(cudaLibraryEnumerateKernels(kernels, 4, library));
	SHOW(kernels[1]);
	SHOW(kernels[2]);
	NEED(cudaLibraryGetKernel(&first, library, "lib_first"));
	NEED(cudaLibraryGetKernel(&second, library, "lib_second"));
	SHOW_IF(kernels[0] == first || kernels[1] == first);
	SHOW_IF(kernels[0] == second || kernels[1] == second);
	DO(cudaLibraryEnumerateKernels(kernels, 0, library));
	DO(cudaLibraryEnumerateKernels(NULL, 0, library));
	DO(cudaLibraryEnumerateKernels(NULL, 2, library));
	DO(cudaLibraryEnumerateKernels(kernels, 2, NULL));
	DO(cudaLibraryEnumerateKernels(NULL, 0, NULL));
}

CASE(get_global)
{
	cudaLibrary_t library = load(mixed_ptx);
	void *address = UNTOUCHED;
	size_t size = UNTOUCHED_INT;

	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_plain"));
	SHOW(address);
	SHOW(size);
	if (size == 12)
		SHOW_DEVICE(address, 12);
	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_const"));
	SHOW(size);
	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_managed"));
	SHOW(size);
	address = UNTOUCHED;
	size = UNTOUCHED_INT;
	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_absent"));
	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_first"));
	DO(cudaLibraryGetGlobal(&address, &size, library, ""));
	DO(cudaLibraryGetGlobal(&address, &size, library, NULL));
	DO(cudaLibraryGetGlobal(&address, &size, NULL, "lib_plain"));
	SHOW(address);
	SHOW_IF(size == UNTOUCHED_INT);
}

CASE(get_global_half)
{
	cudaLibrary_t library = load(mixed_ptx);
	void *address = UNTOUCHED;
	size_t size = UNTOUCHED_INT;

	DO(cudaLibraryGetGlobal(&address, NULL, library, "lib_plain"));
	SHOW(address);
	DO(cudaLibraryGetGlobal(NULL, &size, library, "lib_plain"));
	SHOW(size);
	DO(cudaLibraryGetGlobal(NULL, NULL, library, "lib_plain"));
}

CASE(get_managed)
{
	cudaLibrary_t library = load(mixed_ptx);
	struct cudaPointerAttributes attributes;
	unsigned long long *managed_value = UNTOUCHED;
	void *address = UNTOUCHED;
	size_t size = UNTOUCHED_INT;

	if (DO(cudaLibraryGetManaged((void **)&managed_value, &size, library, "lib_managed")) ==
	    cudaSuccess) {
		SHOW(size);
		SHOW(*managed_value);
		DO(cudaPointerGetAttributes(&attributes, managed_value));
		SHOW(attributes.type);
	}
	size = UNTOUCHED_INT;
	DO(cudaLibraryGetManaged(&address, &size, library, "lib_plain"));
	DO(cudaLibraryGetManaged(&address, &size, library, "lib_absent"));
	DO(cudaLibraryGetManaged(&address, &size, library, NULL));
	DO(cudaLibraryGetManaged(&address, &size, NULL, "lib_managed"));
	SHOW(address);
	SHOW_IF(size == UNTOUCHED_INT);
	DO(cudaLibraryGetManaged(NULL, &size, library, "lib_managed"));
	DO(cudaLibraryGetManaged(&address, NULL, library, "lib_managed"));
	DO(cudaLibraryGetManaged(NULL, NULL, library, "lib_managed"));
}

CASE(get_unified_function)
{
	cudaLibrary_t library = load(mixed_ptx);
	void *function = UNTOUCHED;

	DO(cudaLibraryGetUnifiedFunction(&function, library, "lib_first"));
	DO(cudaLibraryGetUnifiedFunction(&function, library, "lib_absent"));
	DO(cudaLibraryGetUnifiedFunction(&function, library, NULL));
	DO(cudaLibraryGetUnifiedFunction(&function, NULL, "lib_first"));
	SHOW(function);
	DO(cudaLibraryGetUnifiedFunction(NULL, library, "lib_first"));
}

CASE(unload_null)
{
	DO(cudaLibraryUnload(NULL));
}

CASE(unload_while_in_use)
{
	struct conf_busy busy;
	cudaLibrary_t library = load(mixed_ptx);
	cudaKernel_t kernel = NULL;
	cudaStream_t stream = NULL;

	conf_register();
	NEED(cudaStreamCreate(&stream));
	NEED(cudaLibraryGetKernel(&kernel, library, "lib_first"));
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), NULL, 0, stream));
	DO(cudaStreamSynchronize(stream));
	conf_occupy(&busy, stream);
	DO(cudaStreamQuery(stream));
	conf_release(&busy);
	DO(cudaLibraryUnload(library));
	DO(cudaDeviceSynchronize());
}

CASE(over_reset)
{
	cudaLibrary_t library = load(mixed_ptx);
	cudaKernel_t kernel = NULL;
	void *address = UNTOUCHED;
	size_t size;

	NEED(cudaLibraryGetKernel(&kernel, library, "lib_first"));
	DO(cudaDeviceReset());
	DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), NULL, 0, NULL));
	DO(cudaLibraryGetGlobal(&address, &size, library, "lib_plain"));
	SHOW(address);
	DO(cudaLibraryUnload(library));
}

CASE(in_capture)
{
	cudaLibrary_t library = UNTOUCHED;
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	cudaKernel_t kernel = NULL;
	void *address = UNTOUCHED;
	size_t size;

	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	if (DO(cudaLibraryLoadData(&library, mixed_ptx, NULL, NULL, 0, NULL, NULL, 0)) ==
	    cudaSuccess) {
		DO(cudaLibraryGetKernel(&kernel, library, "lib_first"));
		DO(cudaLaunchKernel(kernel, DIM(1), DIM(1), NULL, 0, stream));
		DO(cudaLibraryGetGlobal(&address, &size, library, "lib_plain"));
	}
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}
