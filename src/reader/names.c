/* SPDX-License-Identifier: Apache-2.0 */
/* An open hash table over strings; there are some hundred of them. */
#include "reader/names.h"

#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

/* FNV-1a: a name has a dozen letters. */
static uint64_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x100000001b3;
	return h ^ h >> 32;
}

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *slot_of(const struct rd_names *names, const char *name)
{
	size_t i = hash(name) & (names->nslots - 1);

	while (names->slots[i] && strcmp(names->texts[names->slots[i] - 1], name) != 0)
		i = (i + 1) & (names->nslots - 1);
	return &names->slots[i];
}

static void grow(struct rd_names *names)
{
	names->nslots = names->nslots ? 2 * names->nslots : 256;
	free(names->slots);
	names->slots = ut_xcalloc(names->nslots, sizeof(*names->slots));
	for (size_t i = 0; i < names->count; i++)
		*slot_of(names, names->texts[i]) = (uint32_t)i + 1;
}

uint32_t rd_names_number(struct rd_names *names, const char *name)
{
	uint32_t *slot;

	if (2 * names->count >= names->nslots)
		grow(names);
	slot = slot_of(names, name);
	if (!*slot) {
		ut_grow(&names->texts, &names->capacity, names->count, sizeof(*names->texts));
		names->texts[names->count++] = ut_arena_strdup(&names->strings, name);
		*slot = (uint32_t)names->count;
	}
	return *slot;
}

const char *rd_names_text(const struct rd_names *names, uint32_t number)
{
	return number && number <= names->count ? names->texts[number - 1] : NULL;
}

void rd_names_free(struct rd_names *names)
{
	free(names->texts);
	free(names->slots);
	ut_arena_free(&names->strings);
}
