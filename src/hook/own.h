/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our own entry points, by name and version node. Asked of this library's symbol table and not of
 * the loader, which may be in the middle of loading when it is asked.
 */
#ifndef HOOK_OWN_H
#define HOOK_OWN_H

/* Versions of CUDA that have a node, newest first. */
enum hook_abi {
	HOOK_ABI_13 = 0,
	HOOK_ABI_12,
	HOOK_ABI_11,
	HOOK_ABIS
};

/* "13", "12", "11" */
const char *hook_abi_name(enum hook_abi abi);

/* The address of `name` under that version's node; NULL: there is none. */
void *hook_own_entry(const char *name, enum hook_abi abi);

#endif
