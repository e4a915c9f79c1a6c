/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One program with shared objects of CUDA 11, 12 and 13: together [--gpu] FILE... Each runs its
 * cases; then what one made is used by every other, for one library is behind them all.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "plugin.h"

#define PLUGINS 3
#define SIZE    256

static const struct abi_plugin *load(const char *file)
{
	void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	const struct abi_plugin *plugin = library != NULL ? dlsym(library, ABI_PLUGIN) : NULL;

	if (plugin == NULL)
		printf("BROKEN: %s\n", dlerror());
	return plugin;
}

/* An error that one leaves is the thread's, whoever asks. */
static void errors(const struct abi_plugin *a, const struct abi_plugin *b)
{
	int error = a->fail();

	CHECK(error != 0);
	SAME(b->peek(), error);
	SAME(a->peek(), error);
	SAME(b->clear(), error);
	SAME(a->peek(), 0);
	SAME(a->clear(), 0);
}

static bool all_are(const struct abi_plugin *reader, const void *memory, int value)
{
	unsigned char back[SIZE], wanted[SIZE];

	memset(wanted, value, sizeof(wanted));
	return reader->get_memory(back, memory, SIZE) == 0 && memcmp(back, wanted, SIZE) == 0;
}

static void handles(const struct abi_plugin *a, const struct abi_plugin *b)
{
	void *memory = a->new_memory(SIZE), *stream = a->new_stream(), *graph;

	SAME(b->type_of(memory), 2);
	SAME(b->type_of(memory), a->type_of(memory));
	SAME(b->set_memory(memory, 0x21, SIZE, stream), 0);
	SAME(b->end_stream(stream), 0);
	CHECK(all_are(a, memory, 0x21));
	stream = b->new_stream();
	graph = a->new_graph(memory, 0x43, SIZE);
	SAME(b->edges(graph), 1);
	SAME(b->launch_graph(graph, stream), 0);
	CHECK(all_are(a, memory, 0x43));
	SAME(b->launch(a->kernel(), memory, 0x65656565, stream), 0);
	SAME(a->end_stream(stream), 0);
	CHECK(all_are(b, memory, 0x65));
	SAME(b->end_memory(memory), 0);
}

/* What has been counted here is counted in the object already. */
static void count(const struct abi_counts *counts)
{
	abi_counts.checks += counts->checks;
	abi_counts.failures += counts->failures;
	abi_counts.calls += counts->calls;
	abi_counts.touched += counts->touched;
}

int main(int argc, char **argv)
{
	bool gpu = argc > 1 && strcmp(argv[1], "--gpu") == 0;
	const struct abi_plugin *plugins[PLUGINS];

	argc -= gpu, argv += gpu;
	for (int i = 0; i < PLUGINS; i++) {
		plugins[i] = i + 1 < argc ? load(argv[i + 1]) : NULL;
		if (plugins[i] == NULL)
			return 99;
	}
	for (int i = 0; i < PLUGINS; i++) {
		SAME(plugins[i]->runtime_version(), plugins[i]->version);
		plugins[i]->run(gpu);
	}
	for (int i = 0; i < PLUGINS * PLUGINS; i++) {
		errors(plugins[i / PLUGINS], plugins[i % PLUGINS]);
		handles(plugins[i / PLUGINS], plugins[i % PLUGINS]);
	}
	for (int i = 0; i < PLUGINS; i++) {
		printf("CUDA %d: %u calls, %u checks\n", plugins[i]->major,
		       plugins[i]->counts->calls, plugins[i]->counts->checks);
		count(plugins[i]->counts);
	}
	printf("%u guard bytes touched in %u calls\n", abi_counts.touched, abi_counts.calls);
	printf("%u%%: Checks: %u, Failures: %u, Errors: 0\n",
	       100 * (abi_counts.checks - abi_counts.failures) / abi_counts.checks,
	       abi_counts.checks, abi_counts.failures);
	return abi_counts.failures != 0;
}
