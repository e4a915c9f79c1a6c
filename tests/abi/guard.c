/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "guard.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATTERN   0xa7
#define ROOM      (1 << 20)
#define BLOCKS    256
#define PAGE      ABI_INPUT_MAX
#define ALIGNMENT 16

struct abi_counts abi_counts;

/* Outputs lie in room[], with guard bytes before and behind each; inputs in pages of their own. */
static _Alignas(ALIGNMENT) unsigned char room[ROOM];
static struct {
	unsigned char *start;
	size_t size;
} outputs[BLOCKS];
static void *inputs[BLOCKS];
static size_t used, noutputs, ninputs;
static const char *call_text, *call_file;
static int call_line;

static void failed(const char *file, int line)
{
	abi_counts.failures++;
	printf("FAIL: %s:%d: ", strrchr(file, '/') ? strrchr(file, '/') + 1 : file, line);
}

void abi_check(bool ok, const char *text, const char *file, int line)
{
	abi_counts.checks++;
	if (ok)
		return;
	failed(file, line);
	printf("not so: %s\n", text);
}

void abi_same(long long value, long long wanted, const char *text, const char *file, int line)
{
	abi_counts.checks++;
	if (value == wanted)
		return;
	failed(file, line);
	printf("%s is %lld, not %lld\n", text, value, wanted);
}

/* ---- memory -------------------------------------------------------------------------------- */

static void *too_much(void)
{
	printf("BROKEN: more blocks than the test has room for\n");
	exit(99);
}

/* Nothing lies between the value and its guard bytes, so a structure's very next byte is one. */
void *abi_output(size_t size)
{
	unsigned char *start = room + used + ABI_GUARD_BYTES;
	size_t whole = ABI_GUARD_BYTES + size + ABI_GUARD_BYTES;

	whole = (whole + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (used + whole > ROOM || noutputs == BLOCKS)
		return too_much();
	memset(room + used, PATTERN, whole);
	memset(start, ABI_UNTOUCHED, size);
	outputs[noutputs].start = start;
	outputs[noutputs++].size = size;
	used += whole;
	return start;
}

const void *abi_input(const void *value, size_t size)
{
	unsigned char *pages;

	if (ninputs == BLOCKS || size > PAGE)
		return too_much();
	pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return too_much();
	memcpy(pages + PAGE - size, value, size);
	mprotect(pages, PAGE, PROT_READ);
	mprotect(pages + PAGE, PAGE, PROT_NONE);
	inputs[ninputs++] = pages;
	return pages + PAGE - size;
}

void abi_release(void)
{
	while (ninputs > 0)
		munmap(inputs[--ninputs], 2 * PAGE);
	used = noutputs = 0;
}

bool abi_untouched(const void *output, size_t size)
{
	const unsigned char *p = output;

	for (size_t i = 0; i < size; i++)
		if (p[i] != ABI_UNTOUCHED)
			return false;
	return true;
}

/* ---- calls --------------------------------------------------------------------------------- */

/* A guard byte that was touched is counted once: it is put back. */
static unsigned int touched_in(unsigned char *guard)
{
	unsigned int count = 0;

	for (size_t i = 0; i < ABI_GUARD_BYTES; i++)
		count += guard[i] != PATTERN;
	memset(guard, PATTERN, ABI_GUARD_BYTES);
	return count;
}

void abi_watch(void)
{
	for (size_t i = 0; i < noutputs; i++) {
		unsigned char *start = outputs[i].start;
		unsigned int before = touched_in(start - ABI_GUARD_BYTES);
		unsigned int behind = touched_in(start + outputs[i].size);

		if (before + behind == 0)
			continue;
		abi_counts.touched += before + behind;
		failed(call_file, call_line);
		printf("%s wrote %u bytes before and %u behind an output of %zu\n", call_text,
		       before, behind, outputs[i].size);
	}
}

static void on_fault(int number)
{
	printf("FAIL: %s:%d: %s took or wrote what is not its own (signal %d)\n", call_file,
	       call_line, call_text, number);
	fflush(stdout);
	_exit(1);
}

void abi_calling(const char *text, const char *file, int line)
{
	static bool prepared;

	call_text = text;
	call_file = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	call_line = line;
	if (!prepared) {
		signal(SIGSEGV, on_fault);
		signal(SIGBUS, on_fault);
		prepared = true;
	}
}

/* NotReady is no failure, and not kept. */
cudaError_t abi_returned(cudaError_t error)
{
	cudaError_t last = error == cudaSuccess ? cudaSuccess : cudaGetLastError();

	abi_counts.calls++;
	abi_watch();
	abi_counts.checks++;
	if (last != error && error != cudaErrorNotReady) {
		failed(call_file, call_line);
		printf("%s gives %d and leaves %d as last error\n", call_text, error, last);
	}
	return error;
}
