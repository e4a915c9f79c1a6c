/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What NVTX version 3 and a tool agree on, as far as curtrace needs it. A program carries NVTX
 * within itself; at its first call it loads the library that NVTX_INJECTION64_PATH names and calls
 * InitializeInjectionNvtx2 there with a function that hands out tables. The one asked for here
 * gives, for each module, an array of the addresses of function pointers: what a tool writes there
 * is called from then on, and what it leaves is no function. Each object of a program may have its
 * own NVTX, and comes for itself. tests/hook/nvtx.test compares this with NVIDIA's headers.
 */
#ifndef HOOK_NVTX_ABI_H
#define HOOK_NVTX_ABI_H

#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

/* The export table that hands out the functions, and the modules that these are in. */
#define NVTX_TABLE_CALLBACKS 1

#define NVTX_MODULE_CORE  1
#define NVTX_MODULE_CORE2 5

typedef void (*nvtx_any_function)(void);

/* Slot 0 is not used; `count` is one more than the number of the last slot. 1: there is one. */
struct nvtx_callbacks {
	size_t size; /* of this structure */
	int (*module_functions)(int module, nvtx_any_function ***slots, unsigned int *count);
};

typedef const void *(*nvtx_get_table)(uint32_t id);

enum nvtx_color_type {
	NVTX_NO_COLOR = 0,
	NVTX_ARGB = 1
};

enum nvtx_message_type {
	NVTX_NO_MESSAGE = 0,
	NVTX_TEXT = 1,
	NVTX_WIDE = 2,
	NVTX_REGISTERED = 3
};

enum nvtx_payload_type {
	NVTX_NO_PAYLOAD = 0,
	NVTX_UINT64 = 1,
	NVTX_INT64 = 2,
	NVTX_DOUBLE = 3,
	NVTX_UINT32 = 4,
	NVTX_INT32 = 5,
	NVTX_FLOAT = 6
};

struct nvtx_attributes {
	uint16_t version;
	uint16_t size; /* as the program was compiled with */
	uint32_t category;
	int32_t color_type; /* enum nvtx_color_type */
	uint32_t color;
	int32_t payload_type; /* enum nvtx_payload_type */
	int32_t reserved;
	uint64_t payload;
	int32_t message_type; /* enum nvtx_message_type */
	union {
		const char *text;
		const wchar_t *wide;
		const struct nvtx_name *registered;
	} message;
};

/* What a push or a pop returns if levels are not counted, or the stack is empty. */
#define NVTX_NOT_COUNTED (-2)
#define NVTX_NO_RANGE    (-1)

#endif
