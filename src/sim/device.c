/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The devices: CURTRACE_SIM_DEVICES of them, all alike but for their place on the bus.
 */
#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/array.h"
#include "sim/device_table.h"

/* As on the machine that the attributes were read on, the devices are neighbours on bus 0. */
#define FIRST_PCI_DEVICE 6
#define DEVICE_NAME      "NVIDIA H200"
#define PCI_ID_LENGTH    13 /* domain:bus:device.function and the final zero */

struct sim_device sim_devices[SIM_MAX_DEVICES];

void sim_device_setup(void)
{
	for (int i = 0; i < sim_settings.devices; i++)
		sim_devices[i].ordinal = i;
}

bool sim_device_ok(CUdevice dev)
{
	return dev >= 0 && dev < sim_settings.devices;
}

bool sim_device_attribute(int *value, CUdevice_attribute attribute, CUdevice dev)
{
	if ((int)attribute < 1 || attribute >= CU_DEVICE_ATTRIBUTE_MAX)
		return false;
	if (attribute == CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID)
		*value = FIRST_PCI_DEVICE + dev;
	else if (attribute == CU_DEVICE_ATTRIBUTE_MULTI_GPU_BOARD_GROUP_ID)
		*value = dev;
	else
		*value = device_attributes[attribute];
	return true;
}

int sim_device_limit(CUdevice_attribute attribute)
{
	return device_attributes[attribute];
}

CUresult cuDeviceGetCount(int *count)
{
	SIM_ENTER(SIM_INIT);
	if (!count)
		return CUDA_ERROR_INVALID_VALUE;
	*count = sim_settings.devices;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
	SIM_ENTER(SIM_INIT);
	if (!device)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(ordinal))
		return CUDA_ERROR_INVALID_DEVICE;
	*device = ordinal;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute, CUdevice dev)
{
	SIM_ENTER(SIM_INIT | SIM_IN_CALLBACK);
	if (!value)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	return sim_device_attribute(value, attribute, dev) ? CUDA_SUCCESS
							   : CUDA_ERROR_INVALID_VALUE;
}

CUresult cuDeviceGetName(char *name, int length, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!name || length <= 0)
		return CUDA_ERROR_INVALID_VALUE;
	snprintf(name, (size_t)length, "%s", DEVICE_NAME);
	return CUDA_SUCCESS;
}

/* Made up, but for ever the same: the bytes spell what the device is. */
static CUresult uuid(CUuuid *out, CUdevice dev)
{
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!out)
		return CUDA_ERROR_INVALID_VALUE;
	memcpy(out->bytes, "simulated-GPU-00", sizeof(out->bytes));
	out->bytes[14] = (char)('0' + dev / 10);
	out->bytes[15] = (char)('0' + dev % 10);
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetUuid(CUuuid *out, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return uuid(out, dev);
}

CUresult cuDeviceGetUuid_v2(CUuuid *out, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	return uuid(out, dev);
}

/* Windows has these identifiers, Linux does not. */
CUresult cuDeviceGetLuid(char *luid, unsigned int *mask, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	(void)luid;
	(void)mask;
	return sim_device_ok(dev) ? CUDA_ERROR_NOT_SUPPORTED : CUDA_ERROR_INVALID_DEVICE;
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!bytes)
		return CUDA_ERROR_INVALID_VALUE;
	*bytes = SIM_DEVICE_MEMORY;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetTexture1DLinearMaxWidth(size_t *width, CUarray_format format,
					    unsigned int channels, CUdevice dev)
{
	const size_t most_elements = (size_t)1 << 30, most_bytes = (size_t)1 << 32;
	size_t element;

	SIM_ENTER(SIM_INIT);
	if (!width || !channels)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	/* A format that is none is no error. */
	element = sim_array_element(format, channels);
	*width = element <= 4 ? most_elements : most_bytes / element;
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetExecAffinitySupport(int *value, CUexecAffinityType type, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!value || type != CU_EXEC_AFFINITY_TYPE_SM_COUNT)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	*value = 0;
	return CUDA_SUCCESS;
}

CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!major || !minor)
		return CUDA_ERROR_INVALID_VALUE;
	*major = device_attributes[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR];
	*minor = device_attributes[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR];
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetProperties(CUdevprop *prop, CUdevice dev)
{
	const int *a = device_attributes;

	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!prop)
		return CUDA_ERROR_INVALID_VALUE;
	*prop = (CUdevprop){
		.maxThreadsPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK],
		.maxThreadsDim = { a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X],
				   a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y],
				   a[CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z] },
		.maxGridSize = { a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X],
				 a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y],
				 a[CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z] },
		.sharedMemPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK],
		.totalConstantMemory = a[CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY],
		.SIMDWidth = a[CU_DEVICE_ATTRIBUTE_WARP_SIZE],
		.memPitch = a[CU_DEVICE_ATTRIBUTE_MAX_PITCH],
		.regsPerBlock = a[CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK],
		.clockRate = a[CU_DEVICE_ATTRIBUTE_CLOCK_RATE],
		.textureAlign = a[CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT],
	};
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	if (!id || length < PCI_ID_LENGTH)
		return CUDA_ERROR_INVALID_VALUE;
	snprintf(id, (size_t)length, "0000:00:%02x.0", FIRST_PCI_DEVICE + dev);
	return CUDA_SUCCESS;
}

/* [domain:]bus:device[.function], in hexadecimal. */
CUresult cuDeviceGetByPCIBusId(CUdevice *dev, const char *id)
{
	unsigned int domain = 0, bus, device, function = 0;

	SIM_ENTER(SIM_INIT);
	if (!dev || !id)
		return CUDA_ERROR_INVALID_VALUE;
	if (sscanf(id, "%x:%x:%x.%x", &domain, &bus, &device, &function) < 3) {
		domain = 0;
		if (sscanf(id, "%x:%x.%x", &bus, &device, &function) < 2)
			return CUDA_ERROR_INVALID_VALUE;
	}
	if (domain || bus || function || device < FIRST_PCI_DEVICE ||
	    !sim_device_ok((CUdevice)device - FIRST_PCI_DEVICE))
		return CUDA_ERROR_INVALID_DEVICE;
	*dev = (CUdevice)device - FIRST_PCI_DEVICE;
	return CUDA_SUCCESS;
}

/* None over PCIe, for any operation. */
static CUresult no_atomics(unsigned int *capabilities, const CUatomicOperation *operations,
			   unsigned int count)
{
	if (!capabilities || !operations || !count)
		return CUDA_ERROR_INVALID_VALUE;
	for (unsigned int i = 0; i < count; i++) {
		capabilities[i] = 0;
		if ((unsigned int)operations[i] >= CU_ATOMIC_OPERATION_MAX)
			return CUDA_ERROR_INVALID_VALUE;
	}
	return CUDA_SUCCESS;
}

CUresult cuDeviceGetHostAtomicCapabilities(unsigned int *capabilities,
					   const CUatomicOperation *operations, unsigned int count,
					   CUdevice dev)
{
	SIM_ENTER(SIM_INIT);
	if (!sim_device_ok(dev))
		return CUDA_ERROR_INVALID_DEVICE;
	return no_atomics(capabilities, operations, count);
}

CUresult cuDeviceGetP2PAtomicCapabilities(unsigned int *capabilities,
					  const CUatomicOperation *operations, unsigned int count,
					  CUdevice source, CUdevice destination)
{
	SIM_ENTER(SIM_INIT);
	if (!capabilities || !operations || !count)
		return CUDA_ERROR_INVALID_VALUE;
	if (!sim_device_ok(source) || !sim_device_ok(destination) || source == destination)
		return CUDA_ERROR_INVALID_DEVICE;
	return no_atomics(capabilities, operations, count);
}
