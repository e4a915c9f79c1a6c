/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of NVIDIA's runtime that were linked statically into an executable or library whose symbol
 * table was kept (nvcc's default). The table says where the copy's functions are; all of them are
 * sent to ours before any is called, or none.
 *
 * Nothing is looked at but names and places: which version a copy is follows from its set of names,
 * and one that has names which we do not is left alone.
 */
#ifndef HOOK_STATIC_RUNTIME_H
#define HOOK_STATIC_RUNTIME_H

#include "hook/object.h"
#include "hook/own.h"

enum hook_static {
	HOOK_STATIC_NONE = 0,   /* no copy in there, as far as its symbols tell */
	HOOK_STATIC_REDIRECTED, /* all its functions are ours now */
	HOOK_STATIC_LEFT        /* it is there and does its own work: `why` */
};

struct hook_static_result {
	enum hook_static state;
	enum hook_abi abi;      /* of HOOK_STATIC_REDIRECTED */
	unsigned int functions; /* that the copy has */
	const char *why;        /* of HOOK_STATIC_LEFT, in a few words */
	char name[64];          /* a function that we do not have; or "" */
};

/*
 * `entry` gives our function of that name and version (hook_own_entry). Only while no function of
 * the object can be running: before its constructors.
 */
void hook_static_redirect(const struct hook_object *object,
			  void *(*entry)(const char *name, enum hook_abi abi),
			  struct hook_static_result *result);

#endif
