/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failure injection: the environment variable CURTRACE_SIM_FAIL names calls that are to fail, as
 * "cuMemAlloc:3=2,cuLaunchKernel:1=719": the third call of cuMemAlloc in any of its forms answers
 * 2. A number of 0 stands for every call.
 */
#include "sim/sim.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FAILURES 64

struct failure {
	char name[64];
	unsigned long number;
	CUresult result;
	_Atomic unsigned long calls;
};

static struct failure failures[MAX_FAILURES];
static unsigned int failure_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Items that make no sense are left out: the tests that set them would notice. */
static void read_item(const char *item, size_t length)
{
	struct failure *failure = &failures[failure_count];
	const char *colon = memchr(item, ':', length);
	char *end;

	if (!colon || (size_t)(colon - item) >= sizeof(failure->name))
		return;
	memcpy(failure->name, item, (size_t)(colon - item));
	failure->number = strtoul(colon + 1, &end, 10);
	if (*end != '=')
		return;
	failure->result = (CUresult)strtol(end + 1, NULL, 10);
	failure_count++;
}

static void read_all(void)
{
	const char *item = getenv("CURTRACE_SIM_FAIL");

	while (item && *item && failure_count < MAX_FAILURES) {
		size_t length = strcspn(item, ",");

		read_item(item, length);
		item += length;
		item += *item == ',';
	}
}

/* cuMemcpyHtoDAsync_v2_ptsz is cuMemcpyHtoDAsync, the name that cuGetProcAddress takes. */
static bool is_form_of(const char *function, const char *name)
{
	size_t length = strlen(name);

	return strncmp(function, name, length) == 0 &&
	       (function[length] == '\0' || function[length] == '_');
}

CUresult sim_inject(const char *function)
{
	pthread_once(&once, read_all);
	for (unsigned int i = 0; i < failure_count; i++) {
		struct failure *failure = &failures[i];

		if (!is_form_of(function, failure->name))
			continue;
		/* Relaxed: only the number matters, and it counts each call once. */
		if (atomic_fetch_add_explicit(&failure->calls, 1, memory_order_relaxed) + 1 ==
			    failure->number ||
		    failure->number == 0)
			return failure->result;
	}
	return CUDA_SUCCESS;
}

/* The errors after which a process can use the device no more. */
bool sim_is_sticky(CUresult error)
{
	switch (error) {
	case CUDA_ERROR_ECC_UNCORRECTABLE:
	case CUDA_ERROR_NVLINK_UNCORRECTABLE:
	case CUDA_ERROR_CONTAINED:
	case CUDA_ERROR_ILLEGAL_ADDRESS:
	case CUDA_ERROR_LAUNCH_TIMEOUT:
	case CUDA_ERROR_ASSERT:
	case CUDA_ERROR_HARDWARE_STACK_ERROR:
	case CUDA_ERROR_ILLEGAL_INSTRUCTION:
	case CUDA_ERROR_MISALIGNED_ADDRESS:
	case CUDA_ERROR_INVALID_ADDRESS_SPACE:
	case CUDA_ERROR_INVALID_PC:
	case CUDA_ERROR_LAUNCH_FAILED:
	case CUDA_ERROR_TENSOR_MEMORY_LEAK:
	case CUDA_ERROR_MPS_CLIENT_TERMINATED:
	case CUDA_ERROR_EXTERNAL_DEVICE:
		return true;
	default:
		return false;
	}
}
