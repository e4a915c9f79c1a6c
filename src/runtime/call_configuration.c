/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain registration: the configuration of a launch written as kernel<<<...>>>(arguments), which
 * the program pushes before it evaluates the arguments and the kernel's stub pops. A stack for
 * each thread, because arguments may launch kernels of their own. No driver.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "runtime/entry.h"

#define FIRST_ROOM 8

/*
 * An exception from an argument leaves its configuration behind for ever. At this depth the
 * older half can be nothing else, and is dropped.
 */
#define MOST_ROOM 1024

struct configuration {
	dim3 grid;
	dim3 block;
	size_t shared;
	cudaStream_t stream;
};

struct stack {
	size_t depth, room;
	struct configuration entries[];
};

/* On the heap, so that a thread that launches nothing pays one pointer of scarce static TLS. */
static __thread struct stack *stack __attribute__((tls_model("initial-exec")));
static pthread_key_t at_thread_exit;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void free_stack(void *of_thread)
{
	stack = NULL;
	free(of_thread);
}

static void make_key(void)
{
	pthread_key_create(&at_thread_exit, free_stack);
}

/* Room for one more entry; false without memory. */
static bool grow(void)
{
	size_t room = stack ? stack->room * 2 : FIRST_ROOM;
	struct stack *larger;

	if (room > MOST_ROOM) {
		stack->depth -= MOST_ROOM / 2;
		memmove(stack->entries, stack->entries + MOST_ROOM / 2,
			stack->depth * sizeof(stack->entries[0]));
		return true;
	}
	pthread_once(&key_once, make_key);
	larger = realloc(stack, sizeof(*larger) + room * sizeof(larger->entries[0]));
	if (larger == NULL)
		return false;
	if (stack == NULL)
		larger->depth = 0;
	larger->room = room;
	stack = larger;
	/* Without a value for the key the memory would be lost at the thread's end, no more. */
	pthread_setspecific(at_thread_exit, stack);
	return true;
}

/* Not 0 has the program skip the launch. */
unsigned int rt___cudaPushCallConfiguration(dim3 gridDim, dim3 blockDim, size_t sharedMem,
					    struct CUstream_st *stream)
{
	if (stack == NULL || stack->depth == stack->room) {
		if (!grow())
			return cudaErrorMemoryAllocation;
	}
	stack->entries[stack->depth++] = (struct configuration){
		.grid = gridDim,
		.block = blockDim,
		.shared = sharedMem,
		.stream = stream,
	};
	return 0;
}

/* `stream` points to a cudaStream_t. */
cudaError_t rt___cudaPopCallConfiguration(dim3 *gridDim, dim3 *blockDim, size_t *sharedMem,
					  void *stream)
{
	const struct configuration *top;

	if (stack == NULL || stack->depth == 0)
		return cudaErrorMissingConfiguration;
	top = &stack->entries[--stack->depth];
	*gridDim = top->grid;
	*blockDim = top->block;
	*sharedMem = top->shared;
	*(cudaStream_t *)stream = top->stream;
	return cudaSuccess;
}
