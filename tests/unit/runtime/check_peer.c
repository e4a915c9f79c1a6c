/* SPDX-License-Identifier: Apache-2.0 */
/* Other devices and other processes: access to a peer, copies between peers, shared handles. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/calls.h"
#include "script_driver.h"

#define STREAM       ((cudaStream_t)0x5000)
#define DST          ((void *)0x10000)
#define SRC          ((const void *)0x20000)
#define PEER_CONTEXT ((CUcontext)0xc0de01)

/* Device 0's primary context is current; device 1 has another. */
static CUresult retain(const uint64_t *args)
{
	*(CUcontext *)(uintptr_t)args[0] = (int)args[1] == 0 ? SCRIPT_CONTEXT : PEER_CONTEXT;
	return CUDA_SUCCESS;
}

static void install(void)
{
	script_install();
	script_output(cuDeviceGetCount, 0, 2, sizeof(int));
	script_hook(cuDevicePrimaryCtxRetain, retain);
	script_output(cuDevicePrimaryCtxGetState, 2, 1, sizeof(int));
}

START_TEST(access_is_granted_to_the_peers_primary_context)
{
	ck_assert_int_eq(rt_cudaDeviceEnablePeerAccess(1, 0), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuCtxEnablePeerAccess, 0), (uintptr_t)PEER_CONTEXT);
	ck_assert_uint_eq((unsigned int)script_arg(cuCtxEnablePeerAccess, 1), 0);
	ck_assert_int_eq(rt_cudaDeviceDisablePeerAccess(1), cudaSuccess);
	ck_assert_uint_eq(script_arg(cuCtxDisablePeerAccess, 0), (uintptr_t)PEER_CONTEXT);
}
END_TEST

START_TEST(what_is_enabled_already_answers_704)
{
	script_answer(cuCtxEnablePeerAccess, CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED);
	ck_assert_int_eq(rt_cudaDeviceEnablePeerAccess(1, 0), cudaErrorPeerAccessAlreadyEnabled);
}
END_TEST

/* It answers 217, but other errors come first. */
START_TEST(access_to_oneself_is_the_drivers_to_answer)
{
	script_answer(cuCtxEnablePeerAccess, CUDA_ERROR_LAUNCH_FAILED);
	ck_assert_int_eq(rt_cudaDeviceEnablePeerAccess(0, 0), cudaErrorLaunchFailure);
	ck_assert_uint_eq(script_arg(cuCtxEnablePeerAccess, 0), (uintptr_t)SCRIPT_CONTEXT);
	script_answer(cuCtxDisablePeerAccess, CUDA_ERROR_PEER_ACCESS_NOT_ENABLED);
	ck_assert_int_eq(rt_cudaDeviceDisablePeerAccess(0), cudaErrorPeerAccessNotEnabled);
}
END_TEST

START_TEST(bad_devices_are_refused_before_a_null)
{
	ck_assert_int_eq(rt_cudaDeviceCanAccessPeer(NULL, 0, 2), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaDeviceCanAccessPeer(NULL, -1, 0), cudaErrorInvalidDevice);
	ck_assert_int_eq(script_count(cuDeviceCanAccessPeer), 0);
}
END_TEST

START_TEST(no_such_peer_answers_101)
{
	ck_assert_int_eq(rt_cudaDeviceEnablePeerAccess(2, 0), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaDeviceDisablePeerAccess(-1), cudaErrorInvalidDevice);
}
END_TEST

START_TEST(in_a_context_of_the_programs_own_it_answers_49)
{
	script_output(cuCtxGetCurrent, 0, 0xabc000, sizeof(CUcontext));
	ck_assert_int_eq(rt_cudaDeviceEnablePeerAccess(1, 0), cudaErrorIncompatibleDriverContext);
	ck_assert_int_eq(script_count(cuCtxEnablePeerAccess), 0);
}
END_TEST

/* A context of a few hundred megabytes would be a high price for an error. */
START_TEST(answering_49_makes_no_primary_context)
{
	script_output(cuCtxGetCurrent, 0, 0xabc000, sizeof(CUcontext));
	script_output(cuDevicePrimaryCtxGetState, 2, 0, sizeof(int));
	ck_assert_int_eq(rt_cudaDeviceDisablePeerAccess(1), cudaErrorIncompatibleDriverContext);
	ck_assert_int_eq(script_count(cuDevicePrimaryCtxRetain), 0);
}
END_TEST

START_TEST(a_copy_between_devices_names_their_contexts)
{
	const uint64_t *args;

	ck_assert_int_eq(rt_cudaMemcpyPeer(DST, 1, SRC, 0, 64), cudaSuccess);
	args = script_last(cuMemcpyPeer)->args;
	ck_assert_uint_eq(args[0], (uintptr_t)DST);
	ck_assert_uint_eq(args[1], (uintptr_t)PEER_CONTEXT);
	ck_assert_uint_eq(args[2], (uintptr_t)SRC);
	ck_assert_uint_eq(args[3], (uintptr_t)SCRIPT_CONTEXT);
	ck_assert_uint_eq(args[4], 64);
	ck_assert_int_eq(rt_cudaMemcpyPeerAsync(DST, 0, SRC, 1, 32, STREAM), cudaSuccess);
	args = script_last(cuMemcpyPeerAsync)->args;
	ck_assert_uint_eq(args[1], (uintptr_t)SCRIPT_CONTEXT);
	ck_assert_uint_eq(args[3], (uintptr_t)PEER_CONTEXT);
	ck_assert_uint_eq(args[5], (uintptr_t)STREAM);
}
END_TEST

START_TEST(a_copy_of_nothing_succeeds_between_devices_that_exist)
{
	ck_assert_int_eq(rt_cudaMemcpyPeer(NULL, 1, NULL, 0, 0), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyPeerAsync(NULL, 1, NULL, 0, 0, STREAM), cudaSuccess);
	ck_assert_int_eq(rt_cudaMemcpyPeer(DST, 2, SRC, 0, 64), cudaErrorInvalidDevice);
	ck_assert_int_eq(rt_cudaMemcpyPeerAsync(DST, 0, SRC, 2, 64, STREAM),
			 cudaErrorInvalidDevice);
	ck_assert_int_eq(script_count(cuMemcpyPeer) + script_count(cuMemcpyPeerAsync), 0);
}
END_TEST

/*
 * Handles by value lie on the stack, behind the register arguments: the script sees six registers
 * first, of which the callee here uses the first alone or the first two.
 */
START_TEST(handles_of_other_processes_arrive_whole)
{
	cudaIpcEventHandle_t event_handle;
	cudaIpcMemHandle_t memory_handle;
	cudaEvent_t event = NULL;
	void *p = NULL;

	memset(&event_handle, 'e', sizeof(event_handle));
	memset(&memory_handle, 'm', sizeof(memory_handle));
	script_output(cuIpcOpenEventHandle, 0, 0x7000, 8);
	ck_assert_int_eq(rt_cudaIpcOpenEventHandle(&event, event_handle), cudaSuccess);
	ck_assert_ptr_eq(event, (cudaEvent_t)0x7000);
	ck_assert_mem_eq(&script_last(cuIpcOpenEventHandle)->args[6], &event_handle, 48);
	script_output(cuIpcOpenMemHandle, 0, 0x8000, 8);
	ck_assert_int_eq(rt_cudaIpcOpenMemHandle(&p, memory_handle, cudaIpcMemLazyEnablePeerAccess),
			 cudaSuccess);
	ck_assert_ptr_eq(p, (void *)0x8000);
	ck_assert_uint_eq((unsigned int)script_arg(cuIpcOpenMemHandle, 1),
			  CU_IPC_MEM_LAZY_ENABLE_PEER_ACCESS);
	ck_assert_mem_eq(&script_last(cuIpcOpenMemHandle)->args[6], &memory_handle, 48);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("peer");
	TCase *access = tcase_create("access");
	TCase *copies = tcase_create("copies");
	TCase *processes = tcase_create("processes");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, access);
	tcase_add_checked_fixture(access, install, NULL);
	tcase_add_test(access, access_is_granted_to_the_peers_primary_context);
	tcase_add_test(access, what_is_enabled_already_answers_704);
	tcase_add_test(access, access_to_oneself_is_the_drivers_to_answer);
	tcase_add_test(access, bad_devices_are_refused_before_a_null);
	tcase_add_test(access, no_such_peer_answers_101);
	tcase_add_test(access, in_a_context_of_the_programs_own_it_answers_49);
	tcase_add_test(access, answering_49_makes_no_primary_context);

	suite_add_tcase(suite, copies);
	tcase_add_checked_fixture(copies, install, NULL);
	tcase_add_test(copies, a_copy_between_devices_names_their_contexts);
	tcase_add_test(copies, a_copy_of_nothing_succeeds_between_devices_that_exist);

	suite_add_tcase(suite, processes);
	tcase_add_checked_fixture(processes, install, NULL);
	tcase_add_test(processes, handles_of_other_processes_arrive_whole);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
