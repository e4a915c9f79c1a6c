/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stand-in for NVTX's headers, so that the interface can be tested where there are none: the
 * functions that the test uses, which load the injection and hand it the tables at the first call
 * as NVTX does. nvtx.test also builds the program with a toolkit's own headers.
 */
#ifndef HOOK_NVTX_OWN_H
#define HOOK_NVTX_OWN_H

#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <wchar.h>

typedef uint64_t nvtxRangeId_t;
typedef struct domain *nvtxDomainHandle_t;
typedef struct string *nvtxStringHandle_t;

typedef struct {
	uint16_t version, size;
	uint32_t category;
	int32_t colorType;
	uint32_t color;
	int32_t payloadType, reserved0;
	union {
		uint64_t ullValue;
		int64_t llValue;
		double dValue;
		int32_t iValue;
		float fValue;
	} payload;
	int32_t messageType;
	union {
		const char *ascii;
		const wchar_t *unicode;
		nvtxStringHandle_t registered;
	} message;
} nvtxEventAttributes_t;

enum {
	NVTX_VERSION = 3,
	NVTX_COLOR_ARGB = 1,
	NVTX_MESSAGE_TYPE_ASCII = 1,
	NVTX_MESSAGE_TYPE_UNICODE = 2,
	NVTX_MESSAGE_TYPE_REGISTERED = 3,
	NVTX_PAYLOAD_TYPE_INT64 = 2,
	NVTX_PAYLOAD_TYPE_DOUBLE = 3,
	NVTX_PAYLOAD_TYPE_INT32 = 5,
	NVTX_PAYLOAD_TYPE_FLOAT = 6
};
#define NVTX_EVENT_ATTRIB_STRUCT_SIZE sizeof(nvtxEventAttributes_t)

typedef void (*own_function)(void);

static void own_load(void);

/* Module, slot, result, what is returned without a tool, name, parameters, arguments. */
#define OWN_FUNCTIONS(F)                                                                          \
	F(1, 2, void, , nvtxMarkA, (const char *m), (m))                                          \
	F(1, 3, void, , nvtxMarkW, (const wchar_t *m), (m))                                       \
	F(1, 5, nvtxRangeId_t, 0, nvtxRangeStartA, (const char *m), (m))                          \
	F(1, 7, void, , nvtxRangeEnd, (nvtxRangeId_t id), (id))                                   \
	F(1, 8, int, -2, nvtxRangePushEx, (const nvtxEventAttributes_t *a), (a))                  \
	F(1, 9, int, -2, nvtxRangePushA, (const char *m), (m))                                    \
	F(1, 10, int, -2, nvtxRangePushW, (const wchar_t *m), (m))                                \
	F(1, 11, int, -2, nvtxRangePop, (void), ())                                               \
	F(1, 12, void, , nvtxNameCategoryA, (uint32_t c, const char *m), (c, m))                  \
	F(1, 14, void, , nvtxNameOsThreadA, (uint32_t t, const char *m), (t, m))                  \
	F(5, 1, void, , nvtxDomainMarkEx, (nvtxDomainHandle_t d, const nvtxEventAttributes_t *a), \
	  (d, a))                                                                                 \
	F(5, 2, nvtxRangeId_t, 0, nvtxDomainRangeStartEx,                                         \
	  (nvtxDomainHandle_t d, const nvtxEventAttributes_t *a), (d, a))                         \
	F(5, 3, void, , nvtxDomainRangeEnd, (nvtxDomainHandle_t d, nvtxRangeId_t id), (d, id))    \
	F(5, 4, int, -2, nvtxDomainRangePushEx,                                                   \
	  (nvtxDomainHandle_t d, const nvtxEventAttributes_t *a), (d, a))                         \
	F(5, 5, int, -2, nvtxDomainRangePop, (nvtxDomainHandle_t d), (d))                         \
	F(5, 10, nvtxStringHandle_t, 0, nvtxDomainRegisterStringA,                                \
	  (nvtxDomainHandle_t d, const char *m), (d, m))                                          \
	F(5, 12, nvtxDomainHandle_t, 0, nvtxDomainCreateA, (const char *m), (m))                  \
	F(5, 14, void, , nvtxDomainDestroy, (nvtxDomainHandle_t d), (d))

static int own_loaded;

#define SLOT(MODULE, INDEX, RESULT, NONE, NAME, PARAMETERS, ARGUMENTS) \
	static own_function own_##NAME;                                \
	__attribute__((unused)) static RESULT NAME PARAMETERS          \
	{                                                              \
		own_load();                                            \
		if (!own_##NAME)                                       \
			return NONE;                                   \
		return ((RESULT(*) PARAMETERS)own_##NAME)ARGUMENTS;    \
	}
OWN_FUNCTIONS(SLOT)

static own_function *own_slots[7][17];

static int own_module(int module, own_function ***slots, unsigned int *count)
{
	if (module < 1 || module > 6)
		return 0;
	*slots = own_slots[module];
	*count = 16;
	return 1;
}

static const struct {
	size_t size;
	int (*module)(int module, own_function ***slots, unsigned int *count);
} own_callbacks = { sizeof(own_callbacks), own_module };

static const void *own_table(uint32_t id)
{
	return id == 1 ? &own_callbacks : NULL;
}

static void own_load(void)
{
	const char *path = getenv("NVTX_INJECTION64_PATH");
	void *library = own_loaded || !path ? NULL : dlopen(path, RTLD_LAZY);
	int (*init)(const void *(*)(uint32_t)) = NULL;

	if (own_loaded)
		return;
	own_loaded = 1;
#define ENTER(MODULE, INDEX, RESULT, NONE, NAME, PARAMETERS, ARGUMENTS) \
	own_slots[MODULE][INDEX] = &own_##NAME;
	OWN_FUNCTIONS(ENTER)
	if (library)
		*(void **)&init = dlsym(library, "InitializeInjectionNvtx2");
	if (init && !init(own_table))
		abort();
}

#endif
