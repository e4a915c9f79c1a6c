/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#pragma GCC visibility push(hidden)
#include "api/kernel_args.h"
#include "runtime/kernel_params.h"
#pragma GCC visibility pop

/* A record may have its stack too, in its last cell. */
#define STACK_CELLS 1

/* Where they begin behind the head and so many sizes. */
#define VALUES_AT(listed) (sizeof(struct ctr_kernel_args) + ((listed) + 3) / 4 * sizeof(uint64_t))

_Static_assert(VALUES_AT(RT_KERNEL_PARAMS) <= (size_t)2 * CTR_CELL_SIZE,
	       "the sizes leave room for values");

unsigned int api_kernel_args_cells(const struct api_kernel_args *values)
{
	const struct rt_kernel_params *params = rt_kernel_params_ready(values->func);
	unsigned int most = CTR_MAX_CELLS - STACK_CELLS - values->own;
	size_t wanted;

	if (params == NULL)
		return most;
	if (params->count == 0)
		return 0;
	wanted = (VALUES_AT(params->known) + params->bytes + CTR_CELL_SIZE - 1) / CTR_CELL_SIZE;
	return wanted < most ? (unsigned int)wanted : most;
}

/* Not wanted, as has become known: the cells are nobody's yet. */
static void give_back(struct api_kernel_args *values, struct rec_call *call)
{
	struct ctr_cell *c = call->cell;

	if (c->flags & CTR_CELL_STACK)
		memcpy(c + values->own, c + c->ncells - 1, sizeof(*c));
	c->ncells = (uint8_t)(c->ncells - values->more);
	call->head -= values->more;
	values->more = 0;
}

/* What an older lap has left there is not of this call, should it never return. */
void api_kernel_args_clear_slow(struct api_kernel_args *values, struct rec_call *call)
{
	if (rec_kernel_args)
		memset(call->cell + values->own, 0, (size_t)values->more * CTR_CELL_SIZE);
	else
		give_back(values, call);
}

static const struct rt_kernel_params *params_of(const void *func)
{
	const struct rt_kernel_params *params = rt_kernel_params_ready(func);
	int saved_errno = errno;

	if (params == NULL)
		params = rt_kernel_params_find(func);
	if (params != NULL && (params->count == 0 || !rt_kernel_params_hold(func, params)))
		params = NULL;
	errno = saved_errno;
	return params;
}

/* As many bytes of the values as there is room for; how many. */
static size_t put_values(const struct rt_kernel_params *params, void *const *args, char *to,
			 size_t room)
{
	size_t at = 0;

	for (uint32_t i = 0; i < params->known && args[i] != NULL && at < room; i++) {
		size_t size = params->size[i] < room - at ? params->size[i] : room - at;

		memcpy(to + at, args[i], size);
		at += size;
	}
	return at;
}

void api_kernel_args_put_slow(const struct api_kernel_args *values, struct rec_call *call)
{
	const struct rt_kernel_params *params = params_of(values->func);
	char *to = (char *)(call->cell + values->own);
	size_t room = (size_t)values->more * CTR_CELL_SIZE;
	struct ctr_kernel_args head = { 0 };

	if (params == NULL || values->args == NULL || VALUES_AT(params->known) > room)
		return;
	head.count = (uint16_t)params->count;
	head.listed = (uint16_t)params->known;
	for (uint32_t i = 0; i < params->known; i++) {
		uint16_t size = (uint16_t)params->size[i];

		memcpy(to + sizeof(head) + i * sizeof(size), &size, sizeof(size));
	}
	head.bytes = (uint16_t)put_values(params, values->args, to + VALUES_AT(params->known),
					  room - VALUES_AT(params->known));
	memcpy(to, &head, sizeof(head));
	call->cell->flags |= CTR_CELL_KERNEL_ARGS;
}
