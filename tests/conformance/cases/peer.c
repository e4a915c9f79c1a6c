/* SPDX-License-Identifier: Apache-2.0 */
/* Access between devices. */
#define CONF_FRESH_PROCESS
#include "conformance.h"

static void show_can(int device, int peer)
{
	int can = UNTOUCHED_INT;

	conf_print("%d to %d", device, peer);
	DO(cudaDeviceCanAccessPeer(&can, device, peer));
	SHOW(can);
}

CASE(can_access)
{
	show_can(0, 0);
	show_can(0, 99);
	show_can(99, 0);
	show_can(0, -1);
	show_can(-1, 0);
	show_can(99, 99);
}

CASE(can_access_null)
{
	DO(cudaDeviceCanAccessPeer(NULL, 0, 0));
	DO(cudaDeviceCanAccessPeer(NULL, 0, 99));
}

CASE(enable_itself)
{
	DO(cudaDeviceEnablePeerAccess(0, 0));
	DO(cudaDeviceEnablePeerAccess(0, 1));
	DO(cudaDeviceDisablePeerAccess(0));
}

CASE(enable_bad_device)
{
	DO(cudaDeviceEnablePeerAccess(99, 0));
	DO(cudaDeviceEnablePeerAccess(-1, 0));
	DO(cudaDeviceEnablePeerAccess(99, 1));
	DO(cudaDeviceDisablePeerAccess(99));
	DO(cudaDeviceDisablePeerAccess(-1));
}

static void show_attribute(int attribute, int source, int destination)
{
	int value = UNTOUCHED_INT;

	conf_print("attribute %d, %d to %d", attribute, source, destination);
	DO(cudaDeviceGetP2PAttribute(&value, (enum cudaDeviceP2PAttr)attribute, source,
				     destination));
	SHOW(value);
}

CASE(attributes)
{
	for (int attribute = 0; attribute <= 6; attribute++)
		show_attribute(attribute, 0, 0);
	show_attribute(1, 0, 99);
	show_attribute(1, 99, 0);
	show_attribute(1, -1, 0);
	show_attribute(77, 0, 99);
}

CASE(attribute_null)
{
	DO(cudaDeviceGetP2PAttribute(NULL, cudaDevP2PAttrAccessSupported, 0, 0));
}

static void show_atomics(int source, int destination)
{
	unsigned int capabilities[13];
	enum cudaAtomicOperation operations[13];

	for (int i = 0; i < 13; i++) {
		capabilities[i] = UNTOUCHED_INT;
		operations[i] = (enum cudaAtomicOperation)i;
	}
	conf_print("%d to %d", source, destination);
	DO(cudaDeviceGetP2PAtomicCapabilities(capabilities, operations, 13, source, destination));
	for (int i = 0; i < 13; i++)
		SHOW(capabilities[i]);
}

CASE(atomics_of_itself)
{
	show_atomics(0, 0);
}

CASE(atomics_bad_device)
{
	unsigned int capability = UNTOUCHED_INT;
	const enum cudaAtomicOperation add = cudaAtomicOperationIntegerAdd;

	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &add, 1, 0, 99));
	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &add, 1, 99, 0));
	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &add, 1, -1, -1));
	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &add, 0, 0, 0));
	SHOW(capability);
}

CASE(atomics_null_capabilities)
{
	const enum cudaAtomicOperation add = cudaAtomicOperationIntegerAdd;

	DO(cudaDeviceGetP2PAtomicCapabilities(NULL, &add, 1, 0, 0));
}

CASE(atomics_null_operations)
{
	unsigned int capability = UNTOUCHED_INT;

	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, NULL, 1, 0, 0));
}

CASE(during_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;
	int can = UNTOUCHED_INT;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaDeviceCanAccessPeer(&can, 0, 0));
	SHOW(can);
	DO(cudaDeviceEnablePeerAccess(0, 0));
	DO(cudaDeviceDisablePeerAccess(0));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}

CASE(after_sticky_error)
{
	int can = UNTOUCHED_INT;

	conf_register();
	DO(LAUNCH(kernel_trap, DIM(1), DIM(1), NULL));
	DO(cudaDeviceSynchronize());
	DO(cudaDeviceCanAccessPeer(&can, 0, 0));
	SHOW(can);
	DO(cudaDeviceEnablePeerAccess(0, 0));
	DO(cudaDeviceDisablePeerAccess(0));
}

CASE_TWO_DEVICES(two_can_access)
{
	show_can(0, 1);
	show_can(1, 0);
	show_can(1, 1);
	show_can(1, 2);
}

CASE_TWO_DEVICES(two_enable)
{
	DO(cudaDeviceDisablePeerAccess(1));
	DO(cudaDeviceEnablePeerAccess(1, 1));
	DO(cudaDeviceEnablePeerAccess(1, 0));
	DO(cudaDeviceEnablePeerAccess(1, 0));
	DO(cudaDeviceEnablePeerAccess(1, 1));
	DO(cudaDeviceDisablePeerAccess(1));
	DO(cudaDeviceDisablePeerAccess(1));
	DO(cudaDeviceEnablePeerAccess(2, 0));
}

CASE_TWO_DEVICES(two_enable_is_one_way)
{
	DO(cudaDeviceEnablePeerAccess(1, 0));
	NEED(cudaSetDevice(1));
	DO(cudaDeviceDisablePeerAccess(0));
	DO(cudaDeviceEnablePeerAccess(0, 0));
	DO(cudaDeviceEnablePeerAccess(1, 0));
}

CASE_TWO_DEVICES(two_enable_after_reset)
{
	NEED(cudaDeviceEnablePeerAccess(1, 0));
	NEED(cudaDeviceReset());
	DO(cudaDeviceEnablePeerAccess(1, 0));
	NEED(cudaSetDevice(1));
	NEED(cudaDeviceReset());
	NEED(cudaSetDevice(0));
	DO(cudaDeviceEnablePeerAccess(1, 0));
}

CASE_TWO_DEVICES(two_attributes)
{
	show_attribute(2, 0, 1);
	show_attribute(3, 0, 1);
	show_attribute(4, 0, 1);
	show_attribute(2, 1, 0);
	show_attribute(2, 1, 1);
	show_attribute(0, 0, 1);
	show_attribute(6, 0, 1);
	show_attribute(6, 0, 0);
}

CASE_TWO_DEVICES(two_atomics)
{
	unsigned int capability = UNTOUCHED_INT;
	const enum cudaAtomicOperation bad = (enum cudaAtomicOperation)77;

	show_atomics(0, 1);
	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &bad, 1, 0, 1));
	DO(cudaDeviceGetP2PAtomicCapabilities(&capability, &bad, 0, 0, 1));
	SHOW(capability);
}

CASE_TWO_DEVICES(two_kernel_reads_peer)
{
	unsigned int *here = NULL, *there = NULL, n = 4;

	conf_register();
	NEED(cudaMalloc((void **)&here, 16));
	NEED(cudaDeviceEnablePeerAccess(1, 0));
	NEED(cudaSetDevice(1));
	NEED(cudaMalloc((void **)&there, 16));
	NEED(cudaMemset(there, 0x17, 16));
	NEED(cudaDeviceSynchronize());
	NEED(cudaSetDevice(0));
	DO(LAUNCH(kernel_copy, DIM(1), DIM(4), ARGS(&here, &there, &n)));
	DO(cudaDeviceSynchronize());
	SHOW_DEVICE(here, 16);
}

CASE_TWO_DEVICES(two_during_capture)
{
	cudaStream_t stream = NULL;
	cudaGraph_t graph = NULL;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaDeviceEnablePeerAccess(1, 0));
	DO(cudaDeviceDisablePeerAccess(1));
	DO(cudaStreamEndCapture(stream, &graph));
	SHOW(graph);
}
