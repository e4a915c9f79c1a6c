/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device variables by the addresses that the host side of a program has for them: the host
 * variable's own, which a fat binary registers; for a managed variable the value of the pointer
 * that stands for it (its shadow), since the compiler turns each mention of the variable into a
 * read of the shadow. The shadow's own address is no symbol.
 */
#ifndef RUNTIME_SYMBOL_TABLE_H
#define RUNTIME_SYMBOL_TABLE_H

#include <stdbool.h>

#include "runtime/image.h"

struct rt_variable {
	struct rt_image *image;
	const void *key;  /* host variable or shadow */
	void **shadow;    /* of a managed variable, else NULL */
	const char *name; /* in the image's shared object */
	size_t size;      /* as registered */
	bool reported;
	struct rt_variable *newer; /* registration of the same address; the oldest counts */
	struct rt_variable *next_of_image;
};

/* Where a variable is in the current context. */
struct rt_variable_place {
	CUdeviceptr address;
	size_t size;       /* in the image */
	size_t registered; /* the size that the program's host side has it in */
};

/*
 * 13: no variable; 500: its image has none of that name; what keeps its image from being loaded.
 * Needs a current context.
 */
cudaError_t rt_variable_find(const void *symbol, struct rt_variable_place *place);

/* Where `count` bytes at `offset` of the variable are; 1 if it is not that long. */
cudaError_t rt_symbol_part(const void *symbol, size_t offset, size_t count, void **address);

/* Asks the driver where the managed variable is, and stores that in its shadow. */
cudaError_t rt_variable_set_shadow(struct rt_variable *variable);

/* Registration; copies *variable. Under the registry's lock, both. */
void rt_variable_register(const struct rt_variable *variable);
void rt_variables_forget_image(struct rt_image *image);

#endif
