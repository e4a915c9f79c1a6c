/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of the driver. What they hold is the driver's affair and is not shown. */
#include "conformance.h"

static void on_log(void *data, cudaLogLevel level, char *text, size_t length)
{
	(void)level, (void)text, (void)length;
	++*(int *)data;
}

CASE(current)
{
	cudaLogIterator iterator = UNTOUCHED_INT;

	DO(cudaLogsCurrent(&iterator, 0));
	SHOW_IF(iterator != UNTOUCHED_INT);
	iterator = UNTOUCHED_INT;
	DO(cudaLogsCurrent(&iterator, 1));
	SHOW_IF(iterator != UNTOUCHED_INT);
}

CASE(current_to_nowhere)
{
	DO(cudaLogsCurrent(NULL, 0));
}

CASE(callback)
{
	cudaLogsCallbackHandle handle = UNTOUCHED;
	int calls = 0;

	if (DO(cudaLogsRegisterCallback(on_log, &calls, &handle)) != cudaSuccess)
		return;
	SHOW(handle);
	DO(cudaMalloc(NULL, 16));
	DO(cudaLogsUnregisterCallback(handle));
}

CASE(callbacks_of_two)
{
	cudaLogsCallbackHandle first = UNTOUCHED, second = UNTOUCHED;
	int calls = 0;

	if (DO(cudaLogsRegisterCallback(on_log, &calls, &first)) != cudaSuccess)
		return;
	if (DO(cudaLogsRegisterCallback(on_log, &calls, &second)) == cudaSuccess) {
		SHOW_IF(first != second);
		DO(cudaLogsUnregisterCallback(second));
	}
	DO(cudaLogsUnregisterCallback(first));
}

CASE(callback_that_is_none)
{
	cudaLogsCallbackHandle handle = UNTOUCHED;

	DO(cudaLogsRegisterCallback(NULL, NULL, &handle));
	SHOW(handle);
}

CASE(callback_without_a_place)
{
	int calls = 0;

	DO(cudaLogsRegisterCallback(on_log, &calls, NULL));
}

CASE(unregister_of_nothing)
{
	DO(cudaLogsUnregisterCallback(NULL));
}

CASE(dump_to_memory_of_nothing_new)
{
	cudaLogIterator iterator = 0;
	char buffer[1024];
	size_t size = sizeof(buffer);

	memset(buffer, 0x5a, sizeof(buffer));
	NEED(cudaLogsCurrent(&iterator, 0));
	DO(cudaLogsDumpToMemory(&iterator, buffer, &size, 0));
	SHOW(size);
	SHOW_IF(buffer[0] == 0);
}

CASE(dump_to_memory_without_an_iterator)
{
	char buffer[1024];
	size_t size = sizeof(buffer);

	DO(cudaLogsDumpToMemory(NULL, buffer, &size, 0));
}

CASE(dump_to_memory_with_flags)
{
	cudaLogIterator iterator = 0;
	char buffer[1024];
	size_t size = sizeof(buffer);

	NEED(cudaLogsCurrent(&iterator, 0));
	DO(cudaLogsDumpToMemory(&iterator, buffer, &size, 1));
}

CASE(dump_to_memory_without_a_size)
{
	char buffer[1024];

	DO(cudaLogsDumpToMemory(NULL, buffer, NULL, 0));
}

CASE(dump_to_no_memory)
{
	size_t size = 1024;

	DO(cudaLogsDumpToMemory(NULL, NULL, &size, 0));
}

CASE(dump_to_memory_of_no_size)
{
	cudaLogIterator iterator = 0;
	char buffer[16];
	size_t size = 0;

	NEED(cudaLogsCurrent(&iterator, 0));
	DO(cudaLogsDumpToMemory(&iterator, buffer, &size, 0));
	SHOW(size);
}

CASE(dump_to_file)
{
	cudaLogIterator iterator = 0;

	NEED(cudaLogsCurrent(&iterator, 0));
	DO(cudaLogsDumpToFile(&iterator, "/dev/null", 0));
	DO(cudaLogsDumpToFile(NULL, "/dev/null", 0));
	DO(cudaLogsDumpToFile(&iterator, "/dev/null", 1));
}

CASE(dump_to_no_such_file)
{
	DO(cudaLogsDumpToFile(NULL, "/no/such/folder/file", 0));
}

CASE(dump_to_no_file)
{
	DO(cudaLogsDumpToFile(NULL, NULL, 0));
}
