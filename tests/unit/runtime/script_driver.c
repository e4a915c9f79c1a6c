/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted driver: one small function for each place of the table, made by the preprocessor,
 * all of which end in called(). They take more arguments than most callers pass; what lies in the
 * registers and stack slots of the missing ones is noted too and means nothing.
 */
#include "script_driver.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS      (sizeof(struct drv_table) / sizeof(void *))
#define PLACES      512
#define MAX_CALLS   4096
#define MAX_OUTPUTS 4

_Static_assert(FIELDS <= PLACES, "more functions than the script has places");

struct output {
	int arg;
	uint64_t value;
	size_t size;
};

struct place {
	CUresult answer;
	CUresult (*hook)(const uint64_t *args);
	struct output outputs[MAX_OUTPUTS];
	int noutputs;
};

static struct place places[PLACES];
static struct script_call calls[MAX_CALLS];
static int ncalls;
/* Tests call from several threads. Not held while a hook runs: hooks may wait for each other. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void note(int field, const uint64_t *args)
{
	pthread_mutex_lock(&lock);
	if (ncalls < MAX_CALLS) {
		calls[ncalls].field = field;
		memcpy(calls[ncalls].args, args, sizeof(calls[ncalls].args));
		ncalls++;
	}
	pthread_mutex_unlock(&lock);
}

static CUresult called(int field, const uint64_t *args)
{
	struct place *place = &places[field];

	note(field, args);
	if (place->hook != NULL)
		return place->hook(args);
	for (int i = 0; place->answer == CUDA_SUCCESS && i < place->noutputs; i++) {
		struct output *output = &place->outputs[i];
		void *to = (void *)(uintptr_t)args[output->arg];

		/* Little endian: the low bytes come first. */
		if (to != NULL)
			memcpy(to, &output->value, output->size);
	}
	return place->answer;
}

#define PLACE(n)                                                                              \
	static CUresult place_##n(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, \
				  uint64_t f, uint64_t g, uint64_t h, uint64_t i, uint64_t j, \
				  uint64_t k, uint64_t l)                                     \
	{                                                                                     \
		const uint64_t args[SCRIPT_ARGS] = { a, b, c, d, e, f, g, h, i, j, k, l };    \
		return called(0##n, args);                                                    \
	}
#define NAME(n) (void *)place_##n,

/* Octal digits: 8 * 8 * 8 places. clang-format takes the lists for code. */
/* clang-format off */
#define EACH_8(m, n) m(n##0) m(n##1) m(n##2) m(n##3) m(n##4) m(n##5) m(n##6) m(n##7)
#define EACH_64(m, n) \
	EACH_8(m, n##0) EACH_8(m, n##1) EACH_8(m, n##2) EACH_8(m, n##3) \
	EACH_8(m, n##4) EACH_8(m, n##5) EACH_8(m, n##6) EACH_8(m, n##7)
#define EACH_512(m) \
	EACH_64(m, 0) EACH_64(m, 1) EACH_64(m, 2) EACH_64(m, 3) \
	EACH_64(m, 4) EACH_64(m, 5) EACH_64(m, 6) EACH_64(m, 7)
/* clang-format on */

EACH_512(PLACE)
static void *const functions[PLACES] = { EACH_512(NAME) };

void script_install(void)
{
	struct drv_table table;

	memset(places, 0, sizeof(places));
	script_forget_calls();
	memcpy((void *)&table, (const void *)functions, sizeof(table));
	script_output(cuCtxGetCurrent, 0, (uintptr_t)SCRIPT_CONTEXT, sizeof(CUcontext));
	script_output(cuDevicePrimaryCtxRetain, 0, (uintptr_t)SCRIPT_CONTEXT, sizeof(CUcontext));
	script_output(cuDeviceGetCount, 0, 1, sizeof(int));
	script_output(cuCtxGetDevice, 0, 0, sizeof(CUdevice));
	drv_adopt(&table, DRV_MIN_VERSION);
}

void script_forget_calls(void)
{
	pthread_mutex_lock(&lock);
	ncalls = 0;
	pthread_mutex_unlock(&lock);
}

int script_calls(void)
{
	return ncalls - script_count(cuCtxGetCurrent);
}

void script_set_answer(int field, CUresult result)
{
	places[field].answer = result;
}

void script_set_output(int field, int arg, uint64_t value, size_t size)
{
	struct place *place = &places[field];
	int i = 0;

	while (i < place->noutputs && place->outputs[i].arg != arg)
		i++;
	ck_assert_int_lt(i, MAX_OUTPUTS);
	place->outputs[i] = (struct output){ .arg = arg, .value = value, .size = size };
	if (i == place->noutputs)
		place->noutputs++;
}

void script_set_hook(int field, CUresult (*hook)(const uint64_t *args))
{
	places[field].hook = hook;
}

int script_field_count(int field)
{
	int n = 0;

	for (int i = 0; i < ncalls; i++)
		n += calls[i].field == field;
	return n;
}

const struct script_call *script_field_nth(int field, int n)
{
	for (int i = 0; i < ncalls; i++) {
		if (calls[i].field == field && n-- == 0)
			return &calls[i];
	}
	ck_abort_msg("the driver function at place %d was not called that often", field);
	return NULL;
}

const struct script_call *script_field_last(int field)
{
	return script_field_nth(field, script_field_count(field) - 1);
}
