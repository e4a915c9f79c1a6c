/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of device variables. Addresses are not kept: the driver looks one up in well under a
 * microsecond, and a kept one would have to be dropped with every context that comes and goes.
 */
#include "runtime/symbol_table.h"

#include <stdlib.h>

#include "runtime/address_map.h"
#include "runtime/entry.h"
#include "runtime/report.h"

static struct rt_address_map variables;

/* How many managed variables there are: without any, a miss is final. */
static unsigned int managed;

/* The oldest registration of an address counts, as with NVIDIA's library. */
static bool put_in(struct rt_variable *variable)
{
	struct rt_variable *last = rt_address_find(&variables, variable->key);

	if (last == NULL)
		return rt_address_put(&variables, variable->key, variable);
	while (last->newer != NULL)
		last = last->newer;
	last->newer = variable;
	return true;
}

void rt_variable_register(const struct rt_variable *variable)
{
	struct rt_variable *v = malloc(sizeof(*v));
	struct rt_image *image = variable->image;

	/* Without memory the variable stays unknown: 13 when it is used. */
	if (v == NULL)
		return;
	*v = *variable;
	if (!put_in(v)) {
		free(v);
		return;
	}
	v->next_of_image = image->variables;
	/* Pairs with the acquire in rt_image_set_shadows(). */
	__atomic_store_n(&image->variables, v, __ATOMIC_RELEASE);
	if (v->shadow != NULL) {
		managed++;
		rt_image_has_managed(image);
	}
}

static void take_out(struct rt_variable *variable)
{
	struct rt_variable *oldest = rt_address_find(&variables, variable->key);

	if (oldest != variable) {
		while (oldest->newer != variable)
			oldest = oldest->newer;
		oldest->newer = variable->newer;
	} else if (variable->newer != NULL) {
		rt_address_put(&variables, variable->key, variable->newer);
	} else {
		rt_address_drop(&variables, variable->key);
	}
	if (variable->shadow != NULL)
		managed--;
}

void rt_variables_forget_image(struct rt_image *image)
{
	while (image->variables != NULL) {
		struct rt_variable *v = image->variables;

		image->variables = v->next_of_image;
		take_out(v);
		free(v);
	}
}

struct search {
	const void *address;
	struct rt_variable *found;
};

static void match_shadow(const void *key, void *value, void *arg)
{
	struct rt_variable *v = value;
	struct search *search = arg;

	(void)key;
	if (v->shadow != NULL && *v->shadow == search->address)
		search->found = v;
}

/* Under the lock. */
static struct rt_variable *find(const void *symbol)
{
	struct search search = { .address = symbol };

	search.found = rt_address_find(&variables, symbol);
	if (search.found != NULL && search.found->shadow == NULL)
		return search.found;
	search.found = NULL;
	/* Shadows hold NULL until their variables have a place. */
	if (managed > 0 && symbol != NULL)
		rt_address_each(&variables, match_shadow, &search);
	return search.found;
}

/*
 * Where the variable is, for a variable whose image is in use. 209: the image holds no code for
 * this device, which NVIDIA's driver says of itself when it is asked for a variable.
 */
static cudaError_t locate(const struct rt_variable *v, struct rt_variable_place *place)
{
	struct rt_image *image = v->image;
	cudaError_t error;

	place->registered = v->size;
	if (v->shadow == NULL)
		return (cudaError_t)drv.cuLibraryGetGlobal(&place->address, &place->size,
							   image->library, v->name);
	error = rt_image_set_shadows(image);
	if (error != cudaSuccess)
		return error;
	return (cudaError_t)drv.cuLibraryGetManaged(&place->address, &place->size, image->library,
						    v->name);
}

cudaError_t rt_variable_find(const void *symbol, struct rt_variable_place *place)
{
	struct rt_variable *v;
	cudaError_t error;

	rt_registry_lock();
	v = find(symbol);
	error = v ? rt_image_use(v->image) : cudaErrorInvalidSymbol;
	if (error == cudaSuccess) {
		rt_registry_unlock();
		error = locate(v, place);
		if (error == cudaSuccess &&
		    !__atomic_exchange_n(&v->reported, true, __ATOMIC_RELAXED))
			rt_report_symbol(v->key, v->name, place->size);
		rt_registry_lock();
		rt_image_done(v->image);
	}
	rt_registry_unlock();
	return error;
}

cudaError_t rt_symbol_part(const void *symbol, size_t offset, size_t count, void **address)
{
	struct rt_variable_place place;
	cudaError_t error = rt_variable_find(symbol, &place);

	if (error != cudaSuccess)
		return error;
	if (offset > place.size || count > place.size - offset)
		return cudaErrorInvalidValue;
	*address = (void *)(uintptr_t)(place.address + offset);
	return cudaSuccess;
}

cudaError_t rt_variable_set_shadow(struct rt_variable *variable)
{
	CUdeviceptr address = 0;
	size_t size = 0;
	CUresult r =
		drv.cuLibraryGetManaged(&address, &size, variable->image->library, variable->name);

	/* The program's threads read it without asking us: one store, whole or not at all. */
	if (r == CUDA_SUCCESS)
		__atomic_store_n(variable->shadow, (void *)(uintptr_t)address, __ATOMIC_RELEASE);
	return (cudaError_t)r;
}

static void repeat(const void *key, void *value, void *unused)
{
	const struct rt_variable *v = value;

	(void)unused;
	if (__atomic_load_n(&v->reported, __ATOMIC_RELAXED))
		rt_report_symbol(key, v->name, v->size);
}

/* The observer runs under the lock here, which keeps the names where they are: see introspect.h. */
void rt_repeat_symbols(void)
{
	rt_registry_lock();
	rt_address_each(&variables, repeat, NULL);
	rt_registry_unlock();
}
