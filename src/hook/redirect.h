/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends functions of a loaded object elsewhere, by a jump written over the beginning of each, in
 * this process's memory alone. All of a list or none.
 */
#ifndef HOOK_REDIRECT_H
#define HOOK_REDIRECT_H

#include <stddef.h>

#include "hook/object.h"
#include "util/arch.h"

struct hook_jump {
	ElfW(Addr) from; /* as in the file */
	void *to;
};

/* Where two functions are nearer to one another than this, they cannot be redirected. */
#define HOOK_JUMP_SIZE ARCH_JUMP_SIZE

/*
 * NULL: done. Otherwise why not, in a few words, and everything is as it was. The jumps are sorted
 * by this.
 */
const char *hook_redirect(const struct hook_object *object, struct hook_jump *jumps, size_t n);

#endif
