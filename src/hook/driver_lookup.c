/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A wrapper is found by name, version and kind of default stream, as the driver finds its function:
 * the newest ABI that is not newer than what was asked for. The driver's own answer is only looked
 * at to see that it has the function.
 */
#include "hook/driver_lookup.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "driver/library.h"
#include "hook/driver_forms.h"
#include "hook/settings.h"
#include "hook/slots.h"

/* What driver.tbl describes; of later versions an ABI may have changed. */
#define NEWEST_VERSION 13000

#define NO_FORM UINT32_MAX

/* Where the driver is mapped that was taken; 0: none was. Changes under the loader's lock. */
static _Atomic uintptr_t taken_base;
/*
 * Names of functions that passed through. Whoever takes a place fills it in and then says so; of a
 * newer driver's few hundred functions a few are enough to see what is the matter.
 */
#define PASSED_MAX  32
#define PASSED_SIZE 64

static struct {
	atomic_bool there;
	char name[PASSED_SIZE];
} passed[PASSED_MAX];
static atomic_uint passed_taken;

/* ---- forms --------------------------------------------------------------------------------- */

static const char *symbol_of(unsigned int form)
{
	return hook_driver_names + hook_driver_forms[form].symbol;
}

static unsigned int form_of_symbol(const char *symbol)
{
	unsigned int low = 0, high = hook_driver_form_count;

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;
		int order = strcmp(symbol_of(middle), symbol);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_FORM;
}

/*
 * All forms of a name begin with it and so stand close together, though not alone: cuMemAlloc,
 * cuMemAllocAsync, cuMemAlloc_v2. A per-thread form is preferred where it is asked for.
 */
static unsigned int form_of_request(const char *name, int version, bool per_thread)
{
	unsigned int best = NO_FORM;
	int best_rank = -1;
	size_t length = strlen(name);

	for (unsigned int i = 0; i < hook_driver_form_count; i++) {
		const struct hook_driver_form *form = &hook_driver_forms[i];
		int rank;

		if (strncmp(symbol_of(i), name, length) != 0 ||
		    strcmp(hook_driver_names + form->name, name) != 0 || form->version > version ||
		    (form->per_thread && !per_thread))
			continue;
		rank = form->version * 2 + form->per_thread;
		if (rank > best_rank) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

/* ISO C has no cast between pointers to functions and to objects. */
static void *wrapper_of(unsigned int form)
{
	return (void *)(uintptr_t)hook_driver_wrappers[form];
}

/* Few addresses lie among them that are none. Known before the first wrapper is given out. */
static uintptr_t first_wrapper = UINTPTR_MAX, last_wrapper;

static void find_wrappers(void)
{
	for (unsigned int i = 0; i < hook_driver_form_count; i++) {
		uintptr_t wrapper = (uintptr_t)wrapper_of(i);

		first_wrapper = wrapper < first_wrapper ? wrapper : first_wrapper;
		last_wrapper = wrapper > last_wrapper ? wrapper : last_wrapper;
	}
}

/* NO_FORM: it is no wrapper of ours. */
static unsigned int form_of_wrapper(const void *address)
{
	uintptr_t at = (uintptr_t)address;

	if (at < first_wrapper || at > last_wrapper)
		return NO_FORM;
	for (unsigned int i = 0; i < hook_driver_form_count; i++) {
		if (wrapper_of(i) == address)
			return i;
	}
	return NO_FORM;
}

static void *original_of(unsigned int form)
{
	return __atomic_load_n(&hook_driver_originals[form], __ATOMIC_RELAXED);
}

static void keep_original(unsigned int form, void *original)
{
	/* Never one of ours: a driver that looks itself up by dlsym finds them. */
	if (!original_of(form) && form_of_wrapper(original) == NO_FORM)
		__atomic_store_n(&hook_driver_originals[form], original, __ATOMIC_RELAXED);
}

void *hook_driver_original(const char *symbol)
{
	unsigned int form = form_of_symbol(symbol);

	return form == NO_FORM ? NULL : original_of(form);
}

/* ---- for our own loader -------------------------------------------------------------------- */

static void *unwrap(void *found)
{
	unsigned int form = form_of_wrapper(found);

	return form == NO_FORM ? found : original_of(form);
}

/* Our runtime's own calls, if they are to be recorded. */
static void *wrap(const char *name, int version, int per_thread, void *found)
{
	unsigned int form = form_of_request(name, version, per_thread);

	if (form == NO_FORM)
		return found;
	keep_original(form, found);
	return wrapper_of(form);
}

static const struct drv_interposer without_internal = {
	.original = unwrap,
	.look_up = hook_lookup_v2,
	.look_up_v11030 = hook_lookup_v1,
};
static const struct drv_interposer with_internal = {
	.original = unwrap,
	.wrapper = wrap,
	.look_up = hook_lookup_v2,
	.look_up_v11030 = hook_lookup_v1,
};

/* ---- the library --------------------------------------------------------------------------- */

bool hook_is_driver(const struct hook_symbols *symbols, const struct link_map *map)
{
	static const char wanted[] = "libcuda.so.1";

	for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
		if (d->d_tag == DT_SONAME)
			return d->d_un.d_val < symbols->strings_size &&
			       strcmp(symbols->strings + d->d_un.d_val, wanted) == 0;
	}
	return false;
}

static void *ours_instead(const struct hook_symbols *symbols, size_t i, void *original,
			  void *context)
{
	unsigned int form = form_of_symbol(hook_symbols_name(symbols, i));

	(void)context;
	if (form == NO_FORM)
		return NULL;
	keep_original(form, original);
	return wrapper_of(form);
}

/*
 * Whether the driver that was taken is still there, now that another one is mapped. One that its
 * last user has closed is mapped anew by the next, where it was or elsewhere.
 */
static bool is_still_there(uintptr_t base, uintptr_t other)
{
	unsigned char resident;

	return base != other && (mincore((void *)base, 1, &resident) == 0 || errno != ENOMEM);
}

static void forget_originals(void)
{
	for (unsigned int i = 0; i < hook_driver_form_count; i++)
		__atomic_store_n(&hook_driver_originals[i], NULL, __ATOMIC_RELAXED);
}

static void interpose(void)
{
	find_wrappers();
	drv_interpose(hook_settings()->internal ? &with_internal : &without_internal);
}

void hook_driver_expect(void)
{
	if (hook_settings()->internal)
		interpose();
}

const char *hook_driver_take(const struct hook_symbols *symbols)
{
	uintptr_t earlier = atomic_load_explicit(&taken_base, memory_order_relaxed);

	if (earlier && is_still_there(earlier, symbols->base))
		return "there is another driver's library in the process";
	if (earlier)
		forget_originals();
	else
		interpose();
	if (hook_symbols_replace(symbols, ours_instead, NULL) < 0)
		return "the system does not let its symbol table be changed";
	atomic_store_explicit(&taken_base, symbols->base, memory_order_relaxed);
	return NULL;
}

bool hook_driver_is_taken(void)
{
	return atomic_load_explicit(&taken_base, memory_order_relaxed) != 0;
}

static void *wrapper_instead(const char *name, void *bound)
{
	unsigned int form = form_of_symbol(name);

	return form != NO_FORM && bound && original_of(form) == bound ? wrapper_of(form) : NULL;
}

void hook_driver_rebind(const struct link_map *map)
{
	if (atomic_load_explicit(&taken_base, memory_order_relaxed))
		hook_slots_replace(map, wrapper_instead);
}

/* ---- cuGetProcAddress ---------------------------------------------------------------------- */

typedef CUresult (*lookup_v1)(const char *, void **, int, cuuint64_t);
typedef CUresult (*lookup_v2)(const char *, void **, int, cuuint64_t,
			      CUdriverProcAddressQueryResult *);

static CUresult ask_v1(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	lookup_v1 original = (lookup_v1)hook_driver_original("cuGetProcAddress");

	return original(symbol, pfn, version, flags);
}

static CUresult ask_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
		       CUdriverProcAddressQueryResult *status)
{
	lookup_v2 original = (lookup_v2)hook_driver_original("cuGetProcAddress_v2");

	return original(symbol, pfn, version, flags, status);
}

static bool is_noted(const char *name)
{
	for (unsigned int i = 0; i < PASSED_MAX; i++)
		if (atomic_load_explicit(&passed[i].there, memory_order_acquire) &&
		    strncmp(passed[i].name, name, PASSED_SIZE - 1) == 0)
			return true;
	return false;
}

/* Asked for by two threads at once, it may stand there twice. */
static void note_passed(const char *name)
{
	unsigned int at;

	if (is_noted(name))
		return;
	at = atomic_fetch_add_explicit(&passed_taken, 1, memory_order_relaxed);
	if (at >= PASSED_MAX)
		return;
	strncpy(passed[at].name, name, PASSED_SIZE - 1);
	/* Pairs with the acquire of whoever reads the name. */
	atomic_store_explicit(&passed[at].there, true, memory_order_release);
}

/* `found` is the driver's answer, `known` its answer for the newest version of the table. */
static void *substitute(const char *name, void *found, const void *known, int version,
			cuuint64_t flags)
{
	unsigned int form;

	if (version > NEWEST_VERSION && found != known) {
		note_passed(name);
		return found;
	}
	form = form_of_request(name, version,
			       flags & CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
	if (form == NO_FORM)
		return found;
	keep_original(form, found);
	return wrapper_of(form);
}

CUresult hook_lookup_v1(const char *symbol, void **pfn, int version, cuuint64_t flags)
{
	CUresult result = ask_v1(symbol, pfn, version, flags);
	void *known = NULL;

	if (result != CUDA_SUCCESS || !pfn || !*pfn)
		return result;
	if (version > NEWEST_VERSION)
		ask_v1(symbol, &known, NEWEST_VERSION, flags);
	*pfn = substitute(symbol, *pfn, known, version, flags);
	return result;
}

CUresult hook_lookup_v2(const char *symbol, void **pfn, int version, cuuint64_t flags,
			CUdriverProcAddressQueryResult *status)
{
	CUresult result = ask_v2(symbol, pfn, version, flags, status);
	CUdriverProcAddressQueryResult ignored;
	void *known = NULL;

	if (result != CUDA_SUCCESS || !pfn || !*pfn)
		return result;
	if (version > NEWEST_VERSION)
		ask_v2(symbol, &known, NEWEST_VERSION, flags, &ignored);
	*pfn = substitute(symbol, *pfn, known, version, flags);
	return result;
}

void hook_driver_passed_each(bool again, void (*tell)(const char *name))
{
	static atomic_uint told[PASSED_MAX];

	for (unsigned int i = 0; i < PASSED_MAX; i++) {
		if (!atomic_load_explicit(&passed[i].there, memory_order_acquire))
			continue;
		if (!atomic_exchange_explicit(&told[i], 1, memory_order_relaxed) || again)
			tell(passed[i].name);
	}
}
