/* SPDX-License-Identifier: Apache-2.0 */
/* A program of two translation units with device code and a plugin with a third: see stubs.h. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "curtrace/sim.h"
#include "stubs.h"

static unsigned int checks, failures;
static int *numbers; /* four of a device */

#define SAME(value, wanted) same((long long)(value), (long long)(wanted), #value, __LINE__)

static void same(long long value, long long wanted, const char *text, int line)
{
	checks++;
	if (value == wanted)
		return;
	failures++;
	printf("stubs_main.c:%d: %s is %lld, not %lld\n", line, text, value, wanted);
}

/* ---- the kernels over the simulated driver -------------------------------------------------- */

static void *variable(const struct curtrace_sim_launch *launch, const char *name)
{
	static void *(*ask)(const struct curtrace_sim_launch *, const char *);

	if (ask == NULL)
		*(void **)&ask = dlsym(dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD),
				       "curtrace_sim_variable");
	return ask(launch, name);
}

void stubs_simulate_scale(const struct curtrace_sim_launch *launch, void **params,
			  const char *factor, const char *counter)
{
	int *out = *(int **)params[0];

	out[0] = *(int *)params[1] * *(int *)variable(launch, factor);
	out[1] = (int)launch->grid[0];
	out[2] = (int)launch->block[0];
	out[3] = (int)launch->shared_bytes;
	*(unsigned int *)variable(launch, counter) += launch->grid[0] * launch->block[0];
}

void stubs_simulate_raise(const struct curtrace_sim_launch *launch, const char *level)
{
	++*(int *)variable(launch, level);
}

/* ---- checks ------------------------------------------------------------------------------- */

static const dim3 one = { 1, 1, 1 };

/* What the kernel wrote: the first number and the shape of its launch. */
static void wrote(int first, int grid, int block, int shared)
{
	int back[4] = { 0 };

	SAME(cudaMemcpy(back, numbers, sizeof(back), cudaMemcpyDeviceToHost), cudaSuccess);
	SAME(back[0], first);
	SAME(back[1], grid);
	SAME(back[2], block);
	SAME(back[3], shared);
	SAME(cudaGetLastError(), cudaSuccess);
}

/* Each unit has its own kernel, constant and variable, though they share their names. */
static void launches(const struct stubs_unit *unit, int factor)
{
	unsigned int before = unit->counter();

	unit->scale(numbers, 10, (dim3){ 3, 1, 1 }, (dim3){ 2, 1, 1 }, 128, NULL);
	wrote(10 * factor, 3, 2, 128);
	SAME(unit->counter(), before + 6);
	unit->set_factor(factor + 1);
	unit->scale(numbers, 10, one, one, 0, NULL);
	wrote(10 * (factor + 1), 1, 1, 0);
	unit->set_factor(factor);
	/* A configuration that no device takes: the stub says nothing. */
	unit->scale(numbers, 10, (dim3){ 0, 1, 1 }, one, 0, NULL);
	SAME(cudaGetLastError(), cudaErrorInvalidValue);
	SAME(unit->counter(), before + 7);
}

static int launch_and_give_7(void)
{
	stubs_second.scale(numbers, 1, one, one, 0, NULL);
	return 7;
}

/* The inner launch comes between the configuration of the outer one and its stub. */
static void launch_in_an_argument(void)
{
	unsigned int before = stubs_second.counter();

	stubs_first.scale_nested(numbers, launch_and_give_7, (dim3){ 4, 1, 1 });
	wrote(21, 4, 1, 0);
	SAME(stubs_second.counter(), before + 1);
}

static void managed(const struct stubs_unit *unit)
{
	int *level;

	if (unit->level == NULL)
		return;
	level = unit->level();
	SAME(level != NULL, true);
	SAME(*level, 40);
	unit->raise();
	SAME(cudaDeviceSynchronize(), cudaSuccess);
	SAME(*unit->level(), 41);
	*level = 40;
}

/* The stream of the configuration; 0 is what the compiler was told. */
static size_t captured_nodes(cudaStream_t capturing, cudaStream_t stream)
{
	cudaGraph_t graph = NULL;
	size_t count = 99;

	SAME(cudaStreamBeginCapture(capturing, cudaStreamCaptureModeRelaxed), cudaSuccess);
	stubs_first.scale(numbers, 1, one, one, 0, stream);
	SAME(cudaStreamEndCapture(capturing, &graph), cudaSuccess);
	SAME(cudaGraphGetNodes(graph, NULL, &count), cudaSuccess);
	SAME(cudaGraphDestroy(graph), cudaSuccess);
	return count;
}

static void streams(void)
{
	cudaStream_t stream = NULL;

	SAME(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), cudaSuccess);
	SAME(captured_nodes(stream, stream), 1);
	SAME(captured_nodes(stream, NULL), 0);
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
	SAME(captured_nodes(cudaStreamPerThread, NULL), 1);
#endif
	SAME(cudaStreamDestroy(stream), cudaSuccess);
}

static void *load(const char *path, const struct stubs_unit **unit)
{
	void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	*unit = plugin != NULL ? dlsym(plugin, "stubs_plugin") : NULL;
	if (*unit == NULL) {
		printf("%s\n", dlerror());
		exit(99);
	}
	return plugin;
}

/* Registered long after the first launch, and gone again with its library. */
static void plugin(const char *path)
{
	for (int i = 0; i < 2; i++) {
		const struct stubs_unit *unit;
		void *library = load(path, &unit);

		managed(unit);
		launches(unit, 5);
		SAME(unit->counter(), 7);
		SAME(dlclose(library), 0);
		SAME(dlopen(path, RTLD_NOW | RTLD_NOLOAD) == NULL, true);
		launches(&stubs_first, 3);
	}
}

/*
 * The last to run, when the units have unregistered. What it is answered does not matter, only that
 * it is answered.
 */
static __attribute__((destructor)) void at_the_end(void)
{
	if (numbers == NULL)
		return;
	stubs_first.scale(numbers, 1, one, one, 0, NULL);
	(void)cudaFree(numbers);
	puts("ended");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 99;
	SAME(stubs_early, getenv("STUBS_EARLY") != NULL ? 300 : 0);
	SAME(dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD) != NULL, stubs_early != 0);
	/* The first thing that a program does may be to look at a managed variable. */
	if (stubs_first.level != NULL)
		SAME(*stubs_first.level(), 40);
	SAME(cudaMalloc((void **)&numbers, 4 * sizeof(*numbers)), cudaSuccess);
	launches(&stubs_first, 3);
	launches(&stubs_second, 4);
	launch_in_an_argument();
	managed(&stubs_second);
	managed(&stubs_first);
	streams();
	plugin(argv[1]);
	launches(&stubs_second, 4);
	printf("%u%%: Checks: %u, Failures: %u, Errors: 0\n", 100 * (checks - failures) / checks,
	       checks, failures);
	return failures != 0;
}
