/* SPDX-License-Identifier: Apache-2.0 */
/* Static copies of the runtime. */
#include "hook/static_runtime.h"

#include <stdio.h>
#include <string.h>

#include "hook/redirect.h"

/* More than any version has. */
#define MOST_FUNCTIONS 1024
/*
 * Fewer are no copy: the runtime is linked as one piece, and a program may well have functions of
 * its own whose names begin with cuda.
 */
#define FEWEST_FUNCTIONS 200

/* What every version has, and what makes a copy one: registration, launch, memory, errors. */
static const char *const core[] = {
	"__cudaRegisterFatBinary", "__cudaRegisterFunction", "cudaLaunchKernel", "cudaMalloc",
	"cudaGetLastError",
};

struct copy {
	const struct hook_object *object;
	ElfW(Addr) first, last; /* functions of the core lie between: the copy is one piece */
	size_t n;
	struct {
		const char *name;
		ElfW(Addr) address;
	} functions[MOST_FUNCTIONS];
};

static bool is_function(const ElfW(Sym) * symbol)
{
	return ELF64_ST_TYPE(symbol->st_info) == STT_FUNC && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_shndx < SHN_LORESERVE;
}

/* Up to CUDA 11 the insides of a copy are numbered: __cudart560. They are nobody's to call. */
static bool is_runtime_name(const char *name)
{
	static const char inside[] = "__cudart";

	if (strncmp(name, inside, strlen(inside)) == 0 && name[strlen(inside)] >= '0' &&
	    name[strlen(inside)] <= '9')
		return false;
	if (name[0] == '_' && name[1] == '_')
		name += 2;
	return name[0] == 'c' && name[1] == 'u' && name[2] == 'd' && name[3] == 'a';
}

/* Whether any version of ours has it. */
static bool is_known(const char *name, void *(*entry)(const char *, enum hook_abi))
{
	for (unsigned int abi = 0; abi < HOOK_ABIS; abi++) {
		if (entry(name, (enum hook_abi)abi))
			return true;
	}
	return false;
}

/*
 * All functions that could be the runtime's, and from where to where those lie that certainly are.
 * False: too many to be kept.
 */
static bool collect(struct copy *copy, void *(*entry)(const char *, enum hook_abi))
{
	const struct hook_object *object = copy->object;

	copy->first = UINT64_MAX;
	for (size_t i = 0; i < object->nsymbols; i++) {
		const ElfW(Sym) *symbol = &object->symbols[i];
		const char *name = hook_object_name(object, symbol);

		if (!is_runtime_name(name) || !is_function(symbol))
			continue;
		if (copy->n == MOST_FUNCTIONS)
			return false;
		copy->functions[copy->n].name = name;
		copy->functions[copy->n++].address = symbol->st_value;
		if (!is_known(name, entry))
			continue;
		if (symbol->st_value < copy->first)
			copy->first = symbol->st_value;
		if (symbol->st_value > copy->last)
			copy->last = symbol->st_value;
	}
	return true;
}

/* Functions of the program's own that happen to be called so lie outside. */
static void drop_others(struct copy *copy)
{
	size_t kept = 0;

	for (size_t i = 0; i < copy->n; i++) {
		if (copy->functions[i].address >= copy->first &&
		    copy->functions[i].address <= copy->last)
			copy->functions[kept++] = copy->functions[i];
	}
	copy->n = kept;
}

static bool has_core(const struct copy *copy)
{
	for (size_t k = 0; k < sizeof(core) / sizeof(core[0]); k++) {
		size_t i = 0;

		while (i < copy->n && strcmp(copy->functions[i].name, core[k]) != 0)
			i++;
		if (i == copy->n)
			return false;
	}
	return true;
}

/* The first function of the copy that this version of ours lacks; NULL: it has them all. */
static const char *missing(const struct copy *copy, enum hook_abi abi,
			   void *(*entry)(const char *, enum hook_abi))
{
	for (size_t i = 0; i < copy->n; i++) {
		if (!entry(copy->functions[i].name, abi))
			return copy->functions[i].name;
	}
	return NULL;
}

/*
 * Which version the copy is: the one whose names include all of the copy's. Each version has names
 * that no other has, so it is one at most; were it several, it would be none.
 */
static bool find_version(const struct copy *copy, void *(*entry)(const char *, enum hook_abi),
			 struct hook_static_result *result)
{
	unsigned int fits = 0;

	for (unsigned int abi = 0; abi < HOOK_ABIS; abi++) {
		const char *name = missing(copy, (enum hook_abi)abi, entry);

		if (!name) {
			result->abi = (enum hook_abi)abi;
			fits++;
		} else if (abi == 0) {
			snprintf(result->name, sizeof(result->name), "%s", name);
		}
	}
	result->why = fits ? "its version cannot be told from its functions"
			   : "it is of a version that curtrace does not know";
	return fits == 1;
}

static const char *redirect(const struct copy *copy, enum hook_abi abi,
			    void *(*entry)(const char *, enum hook_abi))
{
	static struct hook_jump jumps[MOST_FUNCTIONS]; /* under the loader's lock */

	for (size_t i = 0; i < copy->n; i++) {
		jumps[i].from = copy->functions[i].address;
		jumps[i].to = entry(copy->functions[i].name, abi);
	}
	return hook_redirect(copy->object, jumps, copy->n);
}

void hook_static_redirect(const struct hook_object *object,
			  void *(*entry)(const char *name, enum hook_abi abi),
			  struct hook_static_result *result)
{
	static struct copy copy; /* under the loader's lock */

	memset(result, 0, sizeof(*result));
	copy.object = object;
	copy.n = 0;
	copy.last = 0;
	if (!collect(&copy, entry)) {
		result->state = HOOK_STATIC_LEFT;
		result->why = "it has more functions than any version of the runtime";
		return;
	}
	drop_others(&copy);
	result->functions = (unsigned int)copy.n;
	if (copy.n < FEWEST_FUNCTIONS || !has_core(&copy))
		return;
	result->state = HOOK_STATIC_LEFT;
	if (!find_version(&copy, entry, result))
		return;
	result->why = redirect(&copy, result->abi, entry);
	if (!result->why)
		result->state = HOOK_STATIC_REDIRECTED;
}
