/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program of one CUDA version that watches what the library does with its memory. Ends with how
 * many guard bytes were touched and how many checks failed. With --gpu without the generated calls.
 */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "guard.h"

static const struct {
	const char *name;
	void (*run)(void);
	bool sim; /* only over the simulated driver */
} groups[] = {
	{ "context", abi_context, false },   { "device", abi_device, false },
	{ "memory", abi_memory, false },     { "batch", abi_batch, false },
	{ "stream", abi_stream, false },     { "kernel", abi_kernel, false },
	{ "graph", abi_graph, false },       { "texture", abi_texture, false },
	{ "external", abi_external, false }, { "outputs", abi_outputs, true },
	{ "end", abi_end, false },
};

int main(int argc, char **argv)
{
	bool gpu = argc > 1 && strcmp(argv[1], "--gpu") == 0;

	printf("CUDA %d\n", CUDA_MAJOR);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		struct abi_counts before = abi_counts;

		if (gpu && groups[i].sim)
			continue;
		groups[i].run();
		printf("%s: %u calls, %u checks\n", groups[i].name, abi_counts.calls - before.calls,
		       abi_counts.checks - before.checks);
		fflush(stdout);
	}
	printf("%u guard bytes touched in %u calls\n", abi_counts.touched, abi_counts.calls);
	printf("%u%%: Checks: %u, Failures: %u, Errors: 0\n",
	       100 * (abi_counts.checks - abi_counts.failures) / abi_counts.checks,
	       abi_counts.checks, abi_counts.failures);
	return abi_counts.failures != 0;
}
