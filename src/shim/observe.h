/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime reports becomes definitions of the trace. */
#ifndef SHIM_OBSERVE_H
#define SHIM_OBSERVE_H

#include <stdbool.h>

struct rt_observer;

extern const struct rt_observer shim_observer;

/* Writes down the objects that brought a runtime with them; `again`: all of them. */
void shim_tell_modules(bool again);

#endif
