/* SPDX-License-Identifier: Apache-2.0 */
/* The list of formats, and what they share in words. */
#include <string.h>

#include "write/format.h"

/* In the order in which help lists them. */
#define FORMATS(X) X(pftrace) X(ndjson) X(csv) X(sqlite) X(folded) X(speedscope)

#define X(name) extern const struct wr_format wr_format_##name;
FORMATS(X)
#undef X

static const struct wr_format *const formats[] = {
#define X(name) &wr_format_##name,
	FORMATS(X)
#undef X
};

#define COUNT (sizeof(formats) / sizeof(formats[0]))

const struct wr_format *wr_format_number(size_t i)
{
	return i < COUNT ? formats[i] : NULL;
}

const struct wr_format *wr_format_named(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

const char *wr_effect_name(enum wr_effect effect)
{
	static const char *const names[WR_EFFECTS] = {
		[WR_ALLOC] = "alloc",        [WR_FREE] = "free",
		[WR_COPY] = "copy",          [WR_SET] = "set",
		[WR_LAUNCH] = "launch",      [WR_GRAPH_LAUNCH] = "graph launch",
		[WR_WAIT] = "wait",          [WR_CREATE] = "create",
		[WR_DESTROY] = "destroy",    [WR_SET_DEVICE] = "set device",
		[WR_DEVICE_RESET] = "reset",
	};

	return effect < WR_EFFECTS ? names[effect] : NULL;
}

static bool ends_in(const char *name, size_t length, const char *ending)
{
	size_t n = strlen(ending);

	/* The ending alone is no name. */
	return length > n && !memcmp(name + length - n, ending, n) && name[length - n - 1] != '/';
}

static const struct wr_format *by_ending(const char *name, size_t length)
{
	const struct wr_format *best = NULL;
	size_t longest = 0;

	for (size_t i = 0; i < COUNT; i++) {
		for (const char *const *e = formats[i]->endings; *e; e++) {
			if (strlen(*e) > longest && ends_in(name, length, *e)) {
				longest = strlen(*e);
				best = formats[i];
			}
		}
	}
	return best;
}

const struct wr_format *wr_format_of_file(const char *name, bool *gz)
{
	size_t length = strlen(name);

	*gz = ends_in(name, length, ".gz");
	return by_ending(name, *gz ? length - 3 : length);
}
