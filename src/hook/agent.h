/* SPDX-License-Identifier: Apache-2.0 */
/* How the loader's observer (agent.c, a library of its own) calls libcurtrace.so. */
#ifndef HOOK_AGENT_H
#define HOOK_AGENT_H

#include <link.h>

/*
 * Objects that were mapped and in which nothing has run yet; `missed` further ones were too many.
 * The loader's lock is held.
 */
void curtrace_objects_loaded(const struct link_map *const *maps, unsigned int n,
			     unsigned int missed) __attribute__((visibility("default")));

#endif
