/* SPDX-License-Identifier: Apache-2.0 */
/* What a compiled program registers: variables, managed ones included. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#define PTX_HEAD ".version 7.8\n.target sm_90\n.address_size 64\n"

static const char first_ptx[] = PTX_HEAD ".visible .global .align 4 .u32 reg_which = 1;\n";
static const char second_ptx[] = PTX_HEAD ".visible .global .align 4 .u32 reg_which = 2;\n";

static const char managed_ptx[] = PTX_HEAD
	".visible .global .attribute(.managed) .align 4 .u32 reg_shared[4] = {1, 2, 3, 4};\n"
	".visible .global .align 4 .u32 reg_plain = 6;\n";

static unsigned int variable_a, variable_b, *shadow;

static void register_variable(void **handle, void *key, const char *name, size_t size)
{
	__cudaRegisterVar(handle, key, (char *)name, name, 0, size, 0, 0);
}

/* Variables. */

CASE(variable)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	void *address = UNTOUCHED;
	size_t size = 0;

	register_variable(handle, &variable_a, "reg_which", 4);
	__cudaRegisterFatBinaryEnd(handle);
	DO(cudaGetSymbolAddress(&address, &variable_a));
	SHOW(address);
	DO(cudaGetSymbolSize(&size, &variable_a));
	SHOW(size);
	SHOW_DEVICE(address, 4);
}

CASE(variable_of_wrong_size)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	unsigned int value[2] = { 0, 0 };
	size_t size = 0;

	register_variable(handle, &variable_a, "reg_which", 400);
	DO(cudaGetSymbolSize(&size, &variable_a));
	SHOW(size);
	DO(cudaMemcpyFromSymbol(value, &variable_a, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value[0]);
	DO(cudaMemcpyFromSymbol(value, &variable_a, 8, 0, cudaMemcpyDeviceToHost));
}

CASE(variable_not_in_image)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	void *address = UNTOUCHED;
	size_t size = UNTOUCHED_64;

	register_variable(handle, &variable_a, "reg_absent", 4);
	register_variable(handle, &variable_b, "reg_which", 4);
	DO(cudaGetSymbolAddress(&address, &variable_a));
	SHOW(address);
	DO(cudaGetSymbolSize(&size, &variable_a));
	SHOW_IF(size == UNTOUCHED_64);
	DO(cudaGetSymbolSize(&size, &variable_b));
	SHOW(size);
}

CASE(variable_of_two_images)
{
	unsigned int value = 0;

	register_variable(__cudaRegisterFatBinary(conf_fatbin(first_ptx)), &variable_a, "reg_which",
			  4);
	register_variable(__cudaRegisterFatBinary(conf_fatbin(second_ptx)), &variable_b,
			  "reg_which", 4);
	DO(cudaMemcpyFromSymbol(&value, &variable_a, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
	DO(cudaMemcpyFromSymbol(&value, &variable_b, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

CASE(variable_registered_twice)
{
	unsigned int value = 0;

	register_variable(__cudaRegisterFatBinary(conf_fatbin(first_ptx)), &variable_a, "reg_which",
			  4);
	register_variable(__cudaRegisterFatBinary(conf_fatbin(second_ptx)), &variable_a,
			  "reg_which", 4);
	DO(cudaMemcpyFromSymbol(&value, &variable_a, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

CASE(variable_after_unregister)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	void *address = UNTOUCHED;

	register_variable(handle, &variable_a, "reg_which", 4);
	DO(cudaGetSymbolAddress(&address, &variable_a));
	__cudaUnregisterFatBinary(handle);
	address = UNTOUCHED;
	DO(cudaGetSymbolAddress(&address, &variable_a));
	SHOW(address);
}

CASE(variable_registered_as_constant)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));
	unsigned int value = 0;

	__cudaRegisterVar(handle, (char *)&variable_a, (char *)"reg_which", "reg_which", 0, 4, 1,
			  0);
	DO(cudaMemcpyFromSymbol(&value, &variable_a, 4, 0, cudaMemcpyDeviceToHost));
	SHOW(value);
}

/* Managed variables. */

static void **register_managed(void)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(managed_ptx));

	__cudaRegisterManagedVar(handle, (void **)&shadow, (char *)"reg_shared", "reg_shared", 0,
				 16, 0, 0);
	register_variable(handle, &variable_a, "reg_plain", 4);
	__cudaRegisterFatBinaryEnd(handle);
	return handle;
}

CASE(managed_shadow_before_any_call)
{
	register_managed();
	SHOW(shadow);
	DO(cudaFree(0));
	SHOW(shadow);
	if (shadow != NULL)
		SHOW_BYTES(shadow, 16);
}

CASE(managed_after_device_count)
{
	int count = 0;

	register_managed();
	DO(cudaGetDeviceCount(&count));
	SHOW(shadow);
	DO(cudaGetLastError());
	SHOW(shadow);
	DO(cudaSetDevice(0));
	SHOW(shadow);
}

CASE(managed_init_module)
{
	void **handle = register_managed();

	SHOW(__cudaInitModule(handle));
	SHOW(shadow);
	if (shadow != NULL)
		SHOW_BYTES(shadow, 16);
	SHOW(__cudaInitModule(handle));
	DO(cudaGetLastError());
}

CASE(init_module_without_managed)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));

	SHOW(__cudaInitModule(handle));
	SHOW(__cudaInitModule(handle));
	DO(cudaGetLastError());
}

CASE(init_module_other_image_gets_shadow)
{
	void **handle = __cudaRegisterFatBinary(conf_fatbin(first_ptx));

	register_managed();
	SHOW(__cudaInitModule(handle));
	SHOW(shadow);
}

CASE(managed_registered_late)
{
	void **handle;

	DO(cudaFree(0));
	handle = register_managed();
	SHOW(shadow);
	SHOW(__cudaInitModule(handle));
	SHOW(shadow);
	if (shadow != NULL)
		SHOW_BYTES(shadow, 16);
}

CASE(managed_registered_late_next_call)
{
	int device = 7;

	DO(cudaFree(0));
	register_managed();
	DO(cudaGetDevice(&device));
	SHOW(shadow);
	DO(cudaDeviceSynchronize());
	SHOW(shadow);
}

CASE(managed_writes)
{
	struct cudaPointerAttributes attributes;
	unsigned int values[4] = { 0 };
	void *address = NULL;
	size_t size = 0;

	register_managed();
	NEED(cudaFree(0));
	if (shadow == NULL)
		return;
	shadow[1] = 50;
	DO(cudaMemcpyFromSymbol(values, &shadow, 16, 0, cudaMemcpyDeviceToHost));
	SHOW_BYTES(values, 16);
	DO(cudaGetSymbolAddress(&address, &shadow));
	SHOW_IF(address == shadow);
	address = NULL;
	DO(cudaGetSymbolAddress(&address, shadow));
	SHOW_IF(address == shadow);
	DO(cudaGetSymbolSize(&size, shadow));
	SHOW(size);
	DO(cudaPointerGetAttributes(&attributes, shadow));
	SHOW(attributes.type);
	DO(cudaMemset(shadow, 0xee, 16));
	DO(cudaDeviceSynchronize());
	SHOW_BYTES(shadow, 16);
}

CASE(managed_reset)
{
	void **handle = register_managed();

	NEED(cudaFree(0));
	if (shadow == NULL)
		return;
	shadow[0] = 77;
	DO(cudaDeviceReset());
	DO(cudaFree(0));
	SHOW(__cudaInitModule(handle));
	SHOW_BYTES(shadow, 16);
}

CASE(managed_free)
{
	register_managed();
	NEED(cudaFree(0));
	if (shadow != NULL)
		DO(cudaFree(shadow));
}
