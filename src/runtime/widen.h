/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an older version's structure to one of today's that begins like it, and back. What was
 * added is zero. Only members count, not what fills a structure up to its size: in that place 13
 * may have a member of its own, and a program leaves anything there.
 */
#ifndef RUNTIME_WIDEN_H
#define RUNTIME_WIDEN_H

#include <stddef.h>
#include <string.h>

#define RT_OFFSET(pointer, member) offsetof(__typeof__(*(pointer)), member)

/* `last` is the older structure's last member, with all of it in the same place in both. */
#define RT_ALIKE(newer, older, last)                                           \
	_Static_assert(RT_OFFSET(newer, last) == RT_OFFSET(older, last) &&     \
			       sizeof((newer)->last) >= sizeof((older)->last), \
		       "they begin alike")

#define RT_WIDEN(newer, older, last)                                                      \
	do {                                                                              \
		RT_ALIKE(newer, older, last);                                             \
		memset((newer), 0, sizeof(*(newer)));                                     \
		memcpy((newer), (older), RT_OFFSET(older, last) + sizeof((older)->last)); \
	} while (0)

/* Not a byte behind the older structure's members is written. */
#define RT_NARROW(older, newer, last)                                                     \
	do {                                                                              \
		RT_ALIKE(newer, older, last);                                             \
		memcpy((older), (newer), RT_OFFSET(older, last) + sizeof((older)->last)); \
	} while (0)

#endif
