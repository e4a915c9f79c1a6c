/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program that holds all cases: `conformance --list' tells them (name, devices, whether it
 * wants a process of its own), `conformance DOMAIN/CASE' runs one, several names run several, each
 * text under a heading. What a case shows goes to stdout at once, so that nothing is lost if the
 * case ends in a signal. Nothing here calls the runtime before the first case does.
 */
#include "conformance.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SHOWN_BYTES 65536

static const struct {
	int code;
	const char *name;
} names[] = {
#define ERROR_NAME(enumerator) { enumerator, #enumerator },
#include "runtime/error_names.h"
#undef ERROR_NAME
};

/* The last error before the call, when asked for. */
static __thread cudaError_t before;

const char *conf_error_name(cudaError_t error)
{
	static __thread char number[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].code == (int)error)
			return names[i].name;
	}
	snprintf(number, sizeof(number), "%d", (int)error);
	return number;
}

void conf_print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	putchar('\n');
	fflush(stdout);
}

void conf_before(void)
{
	before = cudaPeekAtLastError();
}

cudaError_t conf_called_keep(const char *text, cudaError_t result)
{
	cudaError_t last = cudaPeekAtLastError();
	cudaError_t expected = result == cudaSuccess ? before : result;

	if (last == expected)
		conf_print("%s = %s", text, conf_error_name(result));
	else
		conf_print("%s = %s, last error %s", text, conf_error_name(result),
			   last == cudaSuccess ? "none" : conf_error_name(last));
	return result;
}

cudaError_t conf_called(const char *text, cudaError_t result)
{
	conf_called_keep(text, result);
	if (cudaGetLastError() != cudaSuccess && cudaGetLastError() != cudaSuccess)
		conf_print("  the last error could not be cleared");
	return result;
}

cudaError_t conf_needed(const char *text, cudaError_t result)
{
	if (result != cudaSuccess)
		conf_print("%s = %s, which the case needs", text, conf_error_name(result));
	return result;
}

static bool is_untouched(unsigned long long value)
{
	return value == (unsigned long long)UNTOUCHED_64 || value == UNTOUCHED_INT;
}

void conf_show_int(const char *text, long long value)
{
	if (is_untouched((unsigned long long)value))
		conf_print("  %s: untouched", text);
	else
		conf_print("  %s: %lld", text, value);
}

void conf_show_real(const char *text, double value)
{
	conf_print("  %s: %.9g", text, value);
}

void conf_show_pointer(const char *text, const void *value)
{
	if (value == UNTOUCHED)
		conf_print("  %s: untouched", text);
	else
		conf_print("  %s: %s", text, value == NULL ? "null" : "set");
}

void conf_show_text(const char *text, const char *value)
{
	if (value == NULL || value == UNTOUCHED)
		conf_show_pointer(text, value);
	else
		conf_print("  %s: \"%s\"", text, value);
}

void conf_show_bytes(const char *text, const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;
	size_t run;

	printf("  %s:", text);
	for (size_t i = 0; i < count; i += run) {
		for (run = 1; i + run < count && byte[i + run] == byte[i];)
			run++;
		if (run > 1)
			printf(" %02xx%zu", byte[i], run);
		else
			printf(" %02x", byte[i]);
	}
	putchar('\n');
	fflush(stdout);
}

void conf_show_device(const char *text, const void *device, size_t count)
{
	static __thread unsigned char copy[SHOWN_BYTES];
	cudaError_t error;

	if (count > sizeof(copy))
		count = sizeof(copy);
	error = cudaMemcpy(copy, device, count, cudaMemcpyDeviceToHost);
	if (error == cudaSuccess)
		conf_show_bytes(text, copy, count);
	else
		conf_print("  %s: unreadable, %s", text, conf_error_name(error));
}

struct thread_task {
	void (*run)(void *);
	void *data;
};

static void *thread_main(void *argument)
{
	const struct thread_task *task = argument;

	task->run(task->data);
	return NULL;
}

void conf_in_thread(void (*run)(void *), void *data)
{
	struct thread_task task = { run, data };
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_main, &task) != 0) {
		conf_print("no thread could be made");
		return;
	}
	pthread_join(thread, NULL);
}

/* The section that CASE fills; the linker names its ends. */
extern const struct conf_case *const __start_conf_cases[];
extern const struct conf_case *const __stop_conf_cases[];

static int list(void)
{
	for (const struct conf_case *const *c = __start_conf_cases; c < __stop_conf_cases; c++)
		printf("%s/%s %d %s\n", (*c)->domain, (*c)->name, (*c)->devices,
		       (*c)->fresh ? "fresh" : "any");
	return 0;
}

static const struct conf_case *find(const char *wanted)
{
	char name[256];

	for (const struct conf_case *const *c = __start_conf_cases; c < __stop_conf_cases; c++) {
		snprintf(name, sizeof(name), "%s/%s", (*c)->domain, (*c)->name);
		if (strcmp(name, wanted) == 0)
			return *c;
	}
	fprintf(stderr, "conformance: no case %s: see conformance --list\n", wanted);
	return NULL;
}

/* May another case follow in this process? Not after a fault, nor within a capture. */
static bool is_clean(void)
{
	int device = -1;

	cudaGetLastError();
	return cudaDeviceSynchronize() == cudaSuccess && cudaGetDevice(&device) == cudaSuccess &&
	       device == 0;
}

static int run(char **names, int count)
{
	for (int i = 0; i < count; i++) {
		const struct conf_case *c = find(names[i]);

		if (c == NULL)
			return 2;
		if (count > 1)
			conf_print("== %s", names[i]);
		c->run();
		if (i + 1 < count && !is_clean())
			break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--list") == 0)
		return list();
	if (argc >= 2 && argv[1][0] != '-')
		return run(argv + 1, argc - 1);
	fprintf(stderr, "usage: conformance --list | conformance DOMAIN/CASE...\n");
	return 2;
}
