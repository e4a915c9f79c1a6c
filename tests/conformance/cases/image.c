/* SPDX-License-Identifier: Apache-2.0 */
/* Images that cannot be used: truncated, foreign, of another architecture. */
/* The same stub and variable stand for another image each time. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#include <stdlib.h>

#include "curtrace/sim.h"
#include "fatbin_image.h"

#define KERNEL_PTX(version, target)                                         \
	".version " version "\n.target " target "\n.address_size 64\n"      \
	".visible .global .align 4 .u32 img_variable = 3;\n"                \
	".visible .entry img_store(.param .u64 out)\n{\n"                   \
	"	.reg .b32 %r<2>;\n	.reg .b64 %d<2>;\n	ld.param.u64 %d1, [out];\n" \
	"	mov.u32 %r1, 81;\n	st.u32 [%d1], %r1;\n	ret;\n}\n"

static __attribute__((noinline)) void stub_store(void)
{
	__asm__ volatile("" : : "i"(stub_store));
}

static unsigned int variable;

__attribute__((visibility("default"))) void curtrace_sim__img_store(
	const struct curtrace_sim_launch *launch, void **params)
{
	(void)launch;
	**(unsigned int **)params[0] = 81;
}

static void **register_wrapper(void *wrapper)
{
	void **handle = __cudaRegisterFatBinary(wrapper);

	__cudaRegisterFunction(handle, (const char *)stub_store, (char *)"img_store", "img_store",
			       -1, NULL, NULL, NULL, NULL, NULL);
	__cudaRegisterVar(handle, (char *)&variable, (char *)"img_variable", "img_variable", 0, 4,
			  0, 0);
	__cudaRegisterFatBinaryEnd(handle);
	return handle;
}

/* All that a program may want of it, in the order in which a program comes to it. */
static void use_image(void)
{
	struct cudaFuncAttributes attributes;
	cudaKernel_t kernel = UNTOUCHED;
	void *out = NULL, *address = UNTOUCHED;

	DO(cudaMalloc(&out, 4));
	DO(cudaLaunchKernel((const void *)stub_store, DIM(1), DIM(1), ARGS(&out), 0, NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaFuncGetAttributes(&attributes, (const void *)stub_store));
	DO(cudaGetKernel(&kernel, (const void *)stub_store));
	SHOW(kernel);
	DO(cudaGetSymbolAddress(&address, &variable));
	SHOW(address);
	kernel = UNTOUCHED;
	DO(__cudaGetKernel(&kernel, (const void *)stub_store));
	SHOW_IF(kernel == (cudaKernel_t)stub_store);
}

/* Another image of the same program goes on working. */
static void use_good_image(void)
{
	void *out = NULL;

	NEED(cudaMalloc(&out, 16));
	DO(LAUNCH(kernel_read_konst, DIM(1), DIM(1), ARGS(&out)));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(out, 16);
}

static void try_wrapper(void *wrapper)
{
	register_wrapper(wrapper);
	conf_register();
	use_image();
	use_good_image();
}

static void try_ptx(const char *ptx)
{
	try_wrapper(conf_fatbin(ptx));
}

CASE(good)
{
	try_ptx(KERNEL_PTX("7.8", "sm_90"));
}

CASE(ptx_for_older_architecture)
{
	try_wrapper(conf_fatbin_of(1, 75, KERNEL_PTX("7.0", "sm_75"),
				   sizeof(KERNEL_PTX("7.0", "sm_75"))));
}

CASE(ptx_truncated)
{
	static const char ptx[] = KERNEL_PTX("7.8", "sm_90");

	try_wrapper(conf_fatbin_of(1, 90, ptx, sizeof(ptx) - 24));
}

CASE(ptx_truncated_in_header)
{
	try_ptx(".version 7.");
}

CASE(ptx_empty)
{
	try_ptx("");
}

CASE(ptx_header_only)
{
	try_ptx(".version 7.8\n.target sm_90\n.address_size 64\n");
}

CASE(ptx_is_no_ptx)
{
	try_ptx("this is not a program\n");
}

CASE(ptx_syntax_error)
{
	try_ptx(".version 7.8\n.target sm_90\n.address_size 64\n"
		".visible .entry img_store(.param .u64 out)\n{\n	no_such_instruction;\n}\n");
}

CASE(ptx_unknown_register)
{
	try_ptx(".version 7.8\n.target sm_90\n.address_size 64\n"
		".visible .entry img_store(.param .u64 out)\n"
		"{\n	mov.u32 %r1, 1;\n	ret;\n}\n");
}

CASE(ptx_unresolved_extern)
{
	try_ptx(".version 7.8\n.target sm_90\n.address_size 64\n.extern .func img_nowhere();\n"
		".visible .entry img_store(.param .u64 out)\n{\n"
		"	call img_nowhere;\n	ret;\n}\n");
}

CASE(ptx_without_version)
{
	try_ptx(".target sm_90\n.address_size 64\n.visible .entry img_store()\n{\n	ret;\n}\n");
}

CASE(ptx_of_newer_version)
{
	try_ptx(KERNEL_PTX("99.9", "sm_90"));
}

CASE(ptx_for_newer_architecture)
{
	try_wrapper(conf_fatbin_of(1, 120, KERNEL_PTX("8.7", "sm_120"),
				   sizeof(KERNEL_PTX("8.7", "sm_120"))));
}

CASE(ptx_of_newer_target_in_old_entry)
{
	try_ptx(KERNEL_PTX("8.7", "sm_120"));
}

CASE(ptx_for_unknown_architecture)
{
	try_ptx(KERNEL_PTX("7.8", "sm_1"));
}

/* The header of an ELF, as far as it is needed. */
static void *elf(unsigned char machine, unsigned char class, unsigned int flags, size_t size)
{
	unsigned char header[64] = { 0x7f, 'E', 'L', 'F', class, 1, 1, 0x33, 7 };

	header[16] = 2;
	header[18] = machine;
	header[20] = 1;
	header[52] = 64;
	header[54] = 56;
	header[58] = 64;
	memcpy(header + 48, &flags, sizeof(flags));
	return conf_fatbin_of(2, flags & 0xff, header, size);
}

CASE(elf_of_other_architecture)
{
	try_wrapper(elf(190, 2, 0x05004b4b, 64));
}

CASE(elf_of_newer_architecture)
{
	try_wrapper(elf(190, 2, 0x05007878, 64));
}

CASE(elf_without_contents)
{
	try_wrapper(elf(190, 2, 0x05005a5a, 64));
}

CASE(elf_of_host)
{
	try_wrapper(elf(62, 2, 90, 64));
}

/* R580 reads on behind its end: in a process that has done other things, into what is not there. */
CASE_ALONE(elf_truncated)
{
	try_wrapper(elf(190, 2, 0x05005a5a, 20));
}

CASE(elf_that_is_text)
{
	try_wrapper(conf_fatbin_of(2, 90, KERNEL_PTX("7.8", "sm_90"),
				   sizeof(KERNEL_PTX("7.8", "sm_90"))));
}

CASE(ptx_that_is_elf)
{
	static const unsigned char header[64] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	try_wrapper(conf_fatbin_of(1, 90, header, sizeof(header)));
}

CASE(kind_unknown)
{
	try_wrapper(conf_fatbin_of(77, 90, KERNEL_PTX("7.8", "sm_90"),
				   sizeof(KERNEL_PTX("7.8", "sm_90"))));
}

/* The containers around an image. */

static struct conf_fatbin_image *good_container(void)
{
	return conf_fatbin(KERNEL_PTX("7.8", "sm_90"));
}

CASE(container_of_no_entries)
{
	struct conf_fatbin_image *image = good_container();

	image->header.files_size = 0;
	try_wrapper(image);
}

CASE(container_magic)
{
	struct conf_fatbin_image *image = good_container();

	image->header.magic = 0x11223344;
	try_wrapper(image);
}

CASE(container_version)
{
	struct conf_fatbin_image *image = good_container();

	image->header.version = 99;
	try_wrapper(image);
}

CASE(wrapper_version)
{
	struct conf_fatbin_image *image = good_container();

	image->wrapper.version = 99;
	try_wrapper(image);
}

CASE(wrapper_magic)
{
	struct conf_fatbin_image *image = good_container();

	image->wrapper.magic = 0x11223344;
	try_wrapper(image);
}

CASE(wrapper_without_data)
{
	struct conf_fatbin_image *image = good_container();

	image->wrapper.data = NULL;
	try_wrapper(image);
}

/* When an image is looked at. */

static const char *const loading_mode = "CUDA_MODULE_LOADING";

static void start(const char *mode)
{
	int count = 0;

	setenv(loading_mode, mode, 1);
	DO(cudaGetDeviceCount(&count));
	DO(cudaSetDevice(0));
	DO(cudaFree(0));
}

CASE(eager_good)
{
	register_wrapper(good_container());
	start("EAGER");
	use_image();
}

CASE(eager_syntax_error)
{
	register_wrapper(conf_fatbin("syntax error"));
	conf_register();
	start("EAGER");
	use_image();
	use_good_image();
}

CASE(eager_other_architecture)
{
	register_wrapper(elf(190, 2, 0x05004b4b, 64));
	conf_register();
	start("EAGER");
	use_image();
	use_good_image();
}

CASE(eager_registered_late)
{
	start("EAGER");
	register_wrapper(good_container());
	use_image();
}

CASE(eager_broken_registered_late)
{
	start("EAGER");
	register_wrapper(conf_fatbin("syntax error"));
	DO(cudaFree(0));
	DO(cudaDeviceSynchronize());
	use_image();
}

CASE(eager_in_thread_after_reset)
{
	register_wrapper(good_container());
	start("EAGER");
	DO(cudaDeviceReset());
	use_image();
}

CASE(lazy_syntax_error)
{
	register_wrapper(conf_fatbin("syntax error"));
	start("LAZY");
	use_image();
}

CASE(loading_mode_unknown)
{
	register_wrapper(good_container());
	start("SOMETIMES");
	use_image();
}

CASE(broken_tried_again)
{
	register_wrapper(conf_fatbin("syntax error"));
	for (int i = 0; i < 3; i++)
		DO(cudaLaunchKernel((const void *)stub_store, DIM(1), DIM(1), NULL, 0, NULL));
	DO(cudaDeviceReset());
	DO(cudaLaunchKernel((const void *)stub_store, DIM(1), DIM(1), NULL, 0, NULL));
}

CASE(broken_replaced)
{
	void **handle = register_wrapper(conf_fatbin("syntax error"));

	use_image();
	__cudaUnregisterFatBinary(handle);
	register_wrapper(good_container());
	use_image();
}

CASE(broken_in_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	register_wrapper(conf_fatbin("syntax error"));
	NEED(cudaStreamCreate(&stream));
	DO(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed));
	DO(cudaLaunchKernel((const void *)stub_store, DIM(1), DIM(1), NULL, 0, stream));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(broken_with_managed)
{
	static unsigned int *shadow;
	void **handle = __cudaRegisterFatBinary(conf_fatbin("syntax error"));

	__cudaRegisterManagedVar(handle, (void **)&shadow, (char *)"img_managed", "img_managed", 0,
				 4, 0, 0);
	__cudaRegisterFatBinaryEnd(handle);
	DO(cudaFree(0));
	SHOW(shadow);
	SHOW(__cudaInitModule(handle));
	SHOW(shadow);
}
