/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which ranges a person means: MESSAGE, of any domain, or DOMAIN/MESSAGE; a * at the end stands for
 * any rest. The recorder and the tools ask this alike.
 */
#ifndef UTIL_RANGE_NAME_H
#define UTIL_RANGE_NAME_H

#include <stdbool.h>
#include <string.h>

static inline bool ut_range_message(const char *wanted, const char *message)
{
	size_t length = strlen(wanted);

	if (length && wanted[length - 1] == '*')
		return !strncmp(wanted, message, length - 1);
	return !strcmp(wanted, message);
}

/* A slash may be of the message, too. */
static inline bool ut_range_is(const char *wanted, const char *domain, const char *message)
{
	const char *slash = strchr(wanted, '/');

	if (slash && (size_t)(slash - wanted) == strlen(domain) &&
	    !memcmp(wanted, domain, strlen(domain)) && ut_range_message(slash + 1, message))
		return true;
	return ut_range_message(wanted, message);
}

#endif
