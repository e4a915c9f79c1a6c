/* SPDX-License-Identifier: Apache-2.0 */
/* Device variables: address, size, copies. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

#define H2H cudaMemcpyHostToHost
#define H2D cudaMemcpyHostToDevice
#define D2H cudaMemcpyDeviceToHost
#define D2D cudaMemcpyDeviceToDevice
#define ANY cudaMemcpyDefault

static unsigned int unregistered;

static unsigned char *zeroed(size_t size)
{
	unsigned char *d = NULL;

	NEED(cudaMalloc((void **)&d, size));
	NEED(cudaMemset(d, 0, size));
	NEED(cudaDeviceSynchronize());
	return d;
}

/* The bytes of "table" or another variable. */
static void show_symbol(const void *symbol, size_t size)
{
	unsigned char bytes[64] = { 0 };

	if (NEED(cudaMemcpyFromSymbol(bytes, symbol, size, 0, D2H)) == cudaSuccess)
		SHOW_BYTES(bytes, size);
}

CASE(addresses)
{
	void *p = UNTOUCHED, *q = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, &counter));
	SHOW(p);
	DO(cudaGetSymbolAddress(&q, &counter));
	SHOW_IF(p == q);
	SHOW_DEVICE(p, 4);
	DO(cudaGetSymbolAddress(&p, table));
	SHOW_IF(p != q);
	SHOW_DEVICE(p, 64);
	DO(cudaGetSymbolAddress(&p, konst));
	SHOW_DEVICE(p, 16);
}

CASE(sizes)
{
	size_t size = (size_t)UNTOUCHED_64;

	conf_register();
	DO(cudaGetSymbolSize(&size, &counter));
	SHOW(size);
	DO(cudaGetSymbolSize(&size, table));
	SHOW(size);
	DO(cudaGetSymbolSize(&size, konst));
	SHOW(size);
}

CASE(not_registered)
{
	size_t size = (size_t)UNTOUCHED_64;
	void *p = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, &unregistered));
	SHOW(p);
	DO(cudaGetSymbolSize(&size, &unregistered));
	SHOW(size);
	DO(cudaMemcpyToSymbol(&unregistered, &size, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(&size, &unregistered, 4, 0, D2H));
	DO(cudaMemcpyToSymbolAsync(&unregistered, &size, 4, 0, H2D, NULL));
	DO(cudaMemcpyFromSymbolAsync(&size, &unregistered, 4, 0, D2H, NULL));
	SHOW(size);
}

CASE(inside_a_variable)
{
	size_t size = (size_t)UNTOUCHED_64;
	void *p = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, table + 1));
	SHOW(p);
	DO(cudaGetSymbolSize(&size, table + 1));
	SHOW(size);
	DO(cudaGetSymbolAddress(&p, (char *)&counter + 1));
	DO(cudaMemcpyToSymbol(table + 1, &size, 4, 0, H2D));
}

CASE(names_are_not_symbols)
{
	void *p = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, "counter"));
	DO(cudaMemcpyToSymbol("counter", &p, 4, 0, H2D));
	SHOW(p);
}

CASE(kernels_are_not_symbols)
{
	void *p = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, (const void *)kernel_empty));
	SHOW(p);
}

CASE(device_addresses_are_not_symbols)
{
	size_t size = (size_t)UNTOUCHED_64;
	void *p = UNTOUCHED, *q = UNTOUCHED;

	conf_register();
	NEED(cudaGetSymbolAddress(&p, &counter));
	DO(cudaGetSymbolAddress(&q, p));
	SHOW(q);
	DO(cudaGetSymbolSize(&size, p));
	DO(cudaMemcpyToSymbol(p, &size, 4, 0, H2D));
}

CASE(no_image_at_all)
{
	size_t size = (size_t)UNTOUCHED_64;
	void *p = UNTOUCHED;

	DO(cudaGetSymbolAddress(&p, &counter));
	DO(cudaGetSymbolSize(&size, &counter));
	DO(cudaMemcpyToSymbol(&counter, &size, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(&size, &counter, 0, 0, D2H));
}

CASE(null_symbol)
{
	size_t size = (size_t)UNTOUCHED_64;
	void *p = UNTOUCHED;

	conf_register();
	DO(cudaGetSymbolAddress(&p, NULL));
	SHOW(p);
	DO(cudaGetSymbolSize(&size, NULL));
	SHOW(size);
	DO(cudaMemcpyToSymbol(NULL, &size, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(&size, NULL, 4, 0, D2H));
	DO(cudaMemcpyToSymbolAsync(NULL, &size, 4, 0, H2D, NULL));
	DO(cudaMemcpyFromSymbolAsync(&size, NULL, 4, 0, D2H, NULL));
}

CASE(null_symbol_and_no_place)
{
	NEED(cudaFree(NULL));
	DO(cudaGetSymbolAddress(NULL, NULL));
}

CASE(no_place_for_the_size)
{
	conf_register();
	DO(cudaGetSymbolSize(NULL, &counter));
}

CASE(no_place_for_the_address)
{
	conf_register();
	DO(cudaGetSymbolAddress(NULL, &counter));
}

CASE(to_and_from)
{
	unsigned int value = 0x01020304, back[4] = { 0 };
	unsigned char *d = zeroed(64);

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(back, &counter, 4, 0, D2H));
	SHOW_BYTES(back, 16);
	DO(cudaMemcpyFromSymbol(d, &counter, 4, 0, D2D));
	SHOW_DEVICE(d, 16);
	DO(cudaMemcpyToSymbol(table, d, 3, 5, D2D));
	show_symbol(table, 64);
	DO(cudaMemcpyToSymbol(table, &value, 4, 60, ANY));
	show_symbol(table, 64);
	DO(cudaMemcpyFromSymbol(back, table, 9, 55, ANY));
	SHOW_BYTES(back, 16);
}

CASE(kernels_see_it)
{
	unsigned int value = 100, add = 23, back = 0;

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	DO(LAUNCH(kernel_add_counter, DIM(1), DIM(1), ARGS(&add)));
	DO(cudaMemcpyFromSymbol(&back, &counter, 4, 0, D2H));
	SHOW(back);
}

CASE(constant_memory)
{
	unsigned int values[4] = { 10, 20, 30, 40 };
	unsigned char *d = zeroed(16);

	conf_register();
	DO(cudaMemcpyToSymbol(konst, values, 8, 8, H2D));
	DO(LAUNCH(kernel_read_konst, DIM(1), DIM(1), ARGS(&d)));
	SHOW_DEVICE(d, 16);
	DO(cudaMemcpyToSymbol(konst, d + 8, 8, 0, D2D));
	show_symbol(konst, 16);
	DO(cudaMemcpyToSymbol(konst, values, 16, 4, H2D));
	DO(cudaMemcpyToSymbolAsync(konst, values, 16, 0, ANY, NULL));
	DO(cudaStreamSynchronize(NULL));
	show_symbol(konst, 16);
}

CASE(kinds_to_a_symbol)
{
	unsigned int value = 5;
	unsigned char *d = zeroed(16);

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2H));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, D2H));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, D2D));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, ANY));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, (enum cudaMemcpyKind) - 1));
	DO(cudaMemcpyToSymbol(&counter, d, 4, 0, H2D));
	DO(cudaMemcpyToSymbol(&counter, d, 4, 0, D2D));
	DO(cudaMemcpyToSymbol(&counter, d, 4, 0, ANY));
}

CASE(kinds_from_a_symbol)
{
	unsigned int value = 5;
	unsigned char *d = zeroed(16);

	conf_register();
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, H2H));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, D2H));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, D2D));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, ANY));
	DO(cudaMemcpyFromSymbol(&value, &counter, 4, 0, (enum cudaMemcpyKind)5));
	DO(cudaMemcpyFromSymbol(d, &counter, 4, 0, D2H));
	DO(cudaMemcpyFromSymbol(d, &counter, 4, 0, D2D));
	DO(cudaMemcpyFromSymbol(d, &counter, 4, 0, ANY));
	SHOW(value);
}

CASE(kinds_async)
{
	unsigned int value = 5;

	conf_register();
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, H2H, NULL));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, D2H, NULL));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, H2D, NULL));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, (enum cudaMemcpyKind)7, NULL));
	DO(cudaMemcpyFromSymbolAsync(&value, &counter, 4, 0, H2H, NULL));
	DO(cudaMemcpyFromSymbolAsync(&value, &counter, 4, 0, H2D, NULL));
	DO(cudaMemcpyFromSymbolAsync(&value, &counter, 4, 0, D2H, NULL));
	DO(cudaMemcpyFromSymbolAsync(&value, &counter, 4, 0, (enum cudaMemcpyKind)7, NULL));
	DO(cudaStreamSynchronize(NULL));
	SHOW(value);
}

CASE(beyond_the_end)
{
	unsigned char bytes[128] = { 0 };

	conf_register();
	DO(cudaMemcpyToSymbol(table, bytes, 65, 0, H2D));
	DO(cudaMemcpyToSymbol(table, bytes, 64, 1, H2D));
	DO(cudaMemcpyToSymbol(table, bytes, 1, 64, H2D));
	DO(cudaMemcpyToSymbol(table, bytes, 1, SIZE_MAX, H2D));
	DO(cudaMemcpyToSymbol(table, bytes, 2, SIZE_MAX, H2D));
	DO(cudaMemcpyToSymbol(table, bytes, SIZE_MAX, 2, H2D));
	DO(cudaMemcpyFromSymbol(bytes, table, 65, 0, D2H));
	DO(cudaMemcpyFromSymbol(bytes, table, 4, 61, D2H));
	DO(cudaMemcpyToSymbolAsync(table, bytes, 65, 0, H2D, NULL));
	DO(cudaMemcpyFromSymbolAsync(bytes, table, 65, 0, D2H, NULL));
	show_symbol(table, 64);
}

CASE(nothing)
{
	unsigned int value = 5;

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 0, 0, H2D));
	DO(cudaMemcpyToSymbol(&counter, NULL, 0, 0, H2D));
	DO(cudaMemcpyToSymbol(&counter, &value, 0, 5, H2D));
	DO(cudaMemcpyToSymbol(&counter, &value, 0, 0, D2H));
	DO(cudaMemcpyToSymbol(&counter, &value, 0, 0, (enum cudaMemcpyKind)9));
	DO(cudaMemcpyToSymbol(&unregistered, &value, 0, 0, H2D));
	DO(cudaMemcpyToSymbol(NULL, NULL, 0, 0, H2D));
	DO(cudaMemcpyFromSymbol(NULL, &counter, 0, 9, D2H));
	DO(cudaMemcpyFromSymbol(NULL, NULL, 0, 0, H2D));
	DO(cudaMemcpyToSymbolAsync(NULL, NULL, 0, 0, H2D, NULL));
	DO(cudaMemcpyFromSymbolAsync(NULL, &unregistered, 0, 0, D2H, NULL));
}

CASE(which_error_comes_first)
{
	unsigned int value = 5;

	conf_register();
	conf_print("symbol and kind");
	DO(cudaMemcpyToSymbol(&unregistered, &value, 4, 0, D2H));
	conf_print("symbol and bounds");
	DO(cudaMemcpyToSymbol(&unregistered, &value, 4, SIZE_MAX, H2D));
	conf_print("bounds and kind");
	DO(cudaMemcpyToSymbol(&counter, &value, 5, 0, D2H));
	DO(cudaMemcpyFromSymbol(&value, &counter, 5, 0, H2D));
	DO(cudaMemcpyFromSymbol(&value, &counter, 5, 0, (enum cudaMemcpyKind)9));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 5, 0, D2H, NULL));
	conf_print("kind and null");
	DO(cudaMemcpyToSymbol(&counter, NULL, 4, 0, D2H));
	conf_print("bounds and null");
	DO(cudaMemcpyToSymbol(&counter, NULL, 5, 0, H2D));
}

CASE(null_memory)
{
	conf_register();
	DO(cudaMemcpyToSymbol(&counter, NULL, 4, 0, D2D));
	DO(cudaMemcpyFromSymbol(NULL, &counter, 4, 0, D2D));
	DO(cudaMemcpyToSymbolAsync(&counter, NULL, 4, 0, D2D, NULL));
}

CASE(null_host_source)
{
	conf_register();
	DO(cudaMemcpyToSymbol(&counter, NULL, 4, 0, H2D));
}

CASE(null_host_destination)
{
	conf_register();
	DO(cudaMemcpyFromSymbol(NULL, &counter, 4, 0, D2H));
}

CASE(asynchronous)
{
	unsigned int *value, back = 0;
	cudaStream_t s;

	conf_register();
	NEED(cudaMallocHost((void **)&value, 8));
	value[0] = 0x11223344;
	value[1] = 0;
	NEED(cudaStreamCreate(&s));
	DO(cudaMemcpyToSymbolAsync(table, value, 4, 8, H2D, s));
	DO(cudaMemcpyFromSymbolAsync(value + 1, table, 3, 9, D2H, s));
	DO(cudaStreamSynchronize(s));
	SHOW_BYTES(value, 8);
	DO(cudaMemcpyToSymbolAsync(table, value, 4, 60, ANY, cudaStreamPerThread));
	DO(cudaMemcpyFromSymbolAsync(&back, table, 4, 60, ANY, cudaStreamPerThread));
	DO(cudaStreamSynchronize(cudaStreamPerThread));
	SHOW_BYTES(&back, 4);
}

CASE(busy_stream)
{
	unsigned int *value;
	struct conf_busy busy;
	cudaStream_t s;

	conf_register();
	NEED(cudaMallocHost((void **)&value, 4));
	*value = 1;
	NEED(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
	conf_occupy(&busy, s);
	DO(cudaMemcpyToSymbolAsync(table, value, 4, 8, H2D, s));
	DO(cudaMemcpyToSymbolAsync(table, value, 4, 61, H2D, s));
	DO(cudaMemcpyToSymbol(table, value, 4, 0, H2D));
	DO(cudaStreamQuery(s));
	show_symbol(table, 64);
	*value = 2;
	conf_release(&busy);
	show_symbol(table, 64);
}

static void show_nodes(cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t nodes = 0;

	if (DO(cudaStreamEndCapture(stream, &graph)) != cudaSuccess || graph == NULL)
		return;
	NEED(cudaGraphGetNodes(graph, NULL, &nodes));
	SHOW(nodes);
	NEED(cudaGraphDestroy(graph));
}

/* The first use of the image is in the capture. */
static void captured(enum cudaStreamCaptureMode mode)
{
	static unsigned int value = 3;
	size_t size = 0;
	void *p = NULL;
	cudaStream_t s;

	conf_register();
	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, mode));
	DO(cudaGetSymbolAddress(&p, &counter));
	DO(cudaGetSymbolSize(&size, table));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, H2D, s));
	DO(cudaMemcpyFromSymbolAsync(&value, &counter, 4, 0, D2H, s));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 0, 0, H2D, s));
	show_nodes(s);
}

CASE(captured_global)
{
	captured(cudaStreamCaptureModeGlobal);
}

CASE(captured_thread_local)
{
	captured(cudaStreamCaptureModeThreadLocal);
}

CASE(captured_relaxed)
{
	captured(cudaStreamCaptureModeRelaxed);
}

CASE(failures_in_a_capture)
{
	unsigned int value = 3;
	cudaStream_t s;

	conf_register();
	NEED(cudaStreamCreate(&s));
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 5, 0, H2D, s));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, D2H, s));
	DO(cudaMemcpyToSymbolAsync(&unregistered, &value, 4, 0, H2D, s));
	show_nodes(s);
	NEED(cudaStreamBeginCapture(s, cudaStreamCaptureModeGlobal));
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	show_nodes(s);
}

CASE(managed_variable)
{
	size_t size = (size_t)UNTOUCHED_64;
	unsigned int back = 0, value = 44;
	void *p = UNTOUCHED, *q = UNTOUCHED;

	conf_register_managed(NULL);
	SHOW(managed);
	DO(cudaGetSymbolAddress(&p, &managed));
	SHOW(p);
	SHOW_IF(p == (void *)managed);
	DO(cudaGetSymbolSize(&size, &managed));
	SHOW(size);
	if (managed == NULL)
		return;
	SHOW(*managed);
	DO(cudaGetSymbolAddress(&q, managed));
	SHOW_IF(p == q);
	DO(cudaGetSymbolSize(&size, managed));
	SHOW(size);
	DO(cudaMemcpyFromSymbol(&back, &managed, 4, 0, D2H));
	SHOW(back);
	DO(cudaMemcpyToSymbol(managed, &value, 4, 0, H2D));
	NEED(cudaDeviceSynchronize());
	SHOW(*managed);
	DO(cudaMemcpyFromSymbol(&back, managed, 4, 0, ANY));
	SHOW(back);
	DO(cudaMemcpyToSymbol(managed, &value, 4, 1, H2D));
}

CASE(managed_variable_before_anything)
{
	unsigned int back = 0;

	conf_register_managed(NULL);
	DO(cudaMemcpyFromSymbol(&back, &managed, 4, 0, D2H));
	SHOW(back);
	SHOW(managed);
}

CASE(managed_variable_by_kinds)
{
	unsigned int value = 6;

	conf_register_managed(NULL);
	DO(cudaMemcpyToSymbol(&managed, &value, 4, 0, H2H));
	DO(cudaMemcpyToSymbol(&managed, &value, 4, 0, D2H));
	DO(cudaMemcpyToSymbol(&managed, &value, 4, 0, D2D));
	DO(cudaMemcpyToSymbol(&managed, &value, 4, 0, ANY));
	DO(cudaMemcpyFromSymbol(&value, &managed, 4, 0, H2D));
	DO(cudaMemcpyFromSymbol(&value, &managed, 4, 0, D2H));
	DO(cudaMemcpyToSymbol(&managed, &value, 8, 0, H2D));
}

static void ask_in_a_thread(void *data)
{
	void *p = UNTOUCHED, **first = data;

	DO(cudaGetSymbolAddress(&p, &counter));
	SHOW_IF(p == *first);
}

CASE(in_another_thread)
{
	void *p = UNTOUCHED;

	conf_register();
	NEED(cudaGetSymbolAddress(&p, &counter));
	conf_in_thread(ask_in_a_thread, &p);
}

static void copy_in_a_callback(void *unused)
{
	unsigned int value = 1;
	size_t size = 0;
	void *p = NULL;

	(void)unused;
	DO(cudaGetSymbolSize(&size, &counter));
	DO(cudaGetSymbolAddress(&p, &counter));
	DO(cudaMemcpyToSymbolAsync(&counter, &value, 4, 0, H2D, NULL));
}

CASE(from_a_host_function)
{
	unsigned int back = 0;
	cudaStream_t s;

	conf_register();
	NEED(cudaMemcpyFromSymbol(&back, &counter, 4, 0, D2H));
	NEED(cudaStreamCreate(&s));
	NEED(cudaLaunchHostFunc(s, copy_in_a_callback, NULL));
	DO(cudaStreamSynchronize(s));
}

CASE(after_a_reset)
{
	unsigned int value = 50, back = 0;

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	DO(cudaDeviceReset());
	DO(cudaMemcpyFromSymbol(&back, &counter, 4, 0, D2H));
	SHOW(back);
}

CASE_TWO_DEVICES(one_variable_on_each_device)
{
	unsigned int value = 50, back = 0;
	void *p = NULL, *q = NULL;

	conf_register();
	DO(cudaMemcpyToSymbol(&counter, &value, 4, 0, H2D));
	NEED(cudaGetSymbolAddress(&p, &counter));
	NEED(cudaSetDevice(1));
	DO(cudaMemcpyFromSymbol(&back, &counter, 4, 0, D2H));
	SHOW(back);
	NEED(cudaGetSymbolAddress(&q, &counter));
	SHOW_IF(p == q);
	NEED(cudaSetDevice(0));
	DO(cudaMemcpyFromSymbol(&back, &counter, 4, 0, D2H));
	SHOW(back);
}
