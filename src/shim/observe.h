/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime reports becomes definitions of the trace. */
#ifndef SHIM_OBSERVE_H
#define SHIM_OBSERVE_H

struct rt_observer;

extern const struct rt_observer shim_observer;

#endif
