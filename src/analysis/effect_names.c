/* SPDX-License-Identifier: Apache-2.0 */
/* Names: functions' rows by theirs, and what kinds of memory and directions are called. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/effect_rows.h"

/* A name that is not a whole string, as bsearch's key. */
struct name {
	const char *text;
	size_t length;
};

static int compare(const void *key, const void *element)
{
	const struct name *name = key;
	const struct an_row *row = element;
	int order = strncmp(name->text, row->function.name, name->length);

	return order ? order : -(row->function.name[name->length] != '\0');
}

static const struct an_row *find(const char *text, size_t length)
{
	struct name name = { text, length };

	return bsearch(&name, an_rows, an_row_count, sizeof(an_rows[0]), compare);
}

static size_t without_suffix(const char *name, size_t length, const char *suffix)
{
	size_t n = strlen(suffix);

	if (length > n && !memcmp(name + length - n, suffix, n))
		return length - n;
	return length;
}

/* _v3020: other tools' versions have four digits or more, those that CUDA itself names one. */
static size_t without_version(const char *name, size_t length)
{
	size_t digits = 0;

	while (digits < length && isdigit((unsigned char)name[length - 1 - digits]))
		digits++;
	if (digits < 4)
		return length;
	return without_suffix(name, length - digits, "_v") < length - digits ? length - digits - 2
									     : length;
}

/* cuMemAlloc_v2: the driver's exported names of later ABIs. No function's own name ends so. */
static size_t without_abi(const char *name, size_t length)
{
	size_t base;

	if (length < 4 || strncmp(name, "cu", 2) != 0 || !isupper((unsigned char)name[2]) ||
	    !isdigit((unsigned char)name[length - 1]))
		return length;
	base = without_suffix(name, length - 1, "_v");
	return base < length - 1 ? base : length;
}

const struct an_row *an_row_find(const char *name)
{
	size_t length = strlen(name);
	const struct an_row *row = find(name, length);

	if (row)
		return row;
	length = strcspn(name, "@");
	length = without_version(name, length);
	length = without_suffix(name, length, "_ptsz");
	length = without_suffix(name, length, "_ptds");
	length = without_abi(name, length);
	return find(name, length);
}

const struct an_function *an_function(const char *name)
{
	const struct an_row *row = an_row_find(name);

	return row ? &row->function : NULL;
}

const char *an_memory_name(enum an_memory memory)
{
	static const char *const names[AN_MEMORIES] = {
		[AN_MEMORY_NONE] = "none",
		[AN_MEMORY_DEVICE] = "device",
		[AN_MEMORY_POOL] = "pool",
		[AN_MEMORY_PINNED] = "pinned",
		[AN_MEMORY_REGISTERED] = "registered",
		[AN_MEMORY_MANAGED] = "managed",
		[AN_MEMORY_ARRAY] = "array",
		[AN_MEMORY_MAPPED] = "mapped",
		[AN_MEMORY_IMPORTED] = "imported",
		[AN_MEMORY_BORROWED] = "borrowed",
	};

	return memory < AN_MEMORIES ? names[memory] : "unknown";
}

const char *an_direction_name(enum an_direction direction)
{
	static const char *const names[AN_DIRECTIONS] = {
		[AN_DIRECTION_UNKNOWN] = "unknown direction",
		[AN_HOST_TO_HOST] = "host to host",
		[AN_HOST_TO_DEVICE] = "host to device",
		[AN_DEVICE_TO_HOST] = "device to host",
		[AN_DEVICE_TO_DEVICE] = "device to device",
		[AN_PEER_TO_PEER] = "peer to peer",
		[AN_BY_ADDRESS] = "by address",
	};

	return direction < AN_DIRECTIONS ? names[direction] : "unknown direction";
}
