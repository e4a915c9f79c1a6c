/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installed table of what calls were measured to cost beside NVIDIA's runtime. It is made from
 * tests/bench/RESULTS.md by scripts/gen-nvidia-ratios, and a test holds the two equal.
 */
#include <stdlib.h>
#include <string.h>

#include "install.h"
#include "stat.h"
#include "util/xalloc.h"

#define MEAN_OF_ALL "*"

static int compare(const void *left, const void *right)
{
	const struct stat_ratio *a = left, *b = right;

	return strcmp(a->function, b->function);
}

/* FUNCTION OFF RECORDING LOW HIGH; what is something else is passed over. */
static void take_line(struct stat_ratios *ratios, size_t *capacity, const char *line)
{
	struct stat_ratio ratio;
	char function[128];

	if (sscanf(line, "%127s %lf %lf %lf %lf", function, &ratio.off, &ratio.recording,
		   &ratio.low, &ratio.high) != 5)
		return;
	if (!strcmp(function, MEAN_OF_ALL)) {
		ratios->mean = ratio;
		ratios->known = true;
		return;
	}
	ut_grow(&ratios->list, capacity, ratios->count, sizeof(*ratios->list));
	ratio.function = ut_xstrdup(function);
	ratios->list[ratios->count++] = ratio;
}

/* An installation without it knows nothing, which is said where it would have been told. */
void stat_ratios_load(struct stat_ratios *ratios)
{
	char *path = install_find(INSTALL_RATIOS), line[512];
	FILE *file = path ? fopen(path, "re") : NULL;
	size_t capacity = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (line[0] != '#')
			take_line(ratios, &capacity, line);
	}
	if (file)
		fclose(file);
	free(path);
	if (ratios->count)
		qsort(ratios->list, ratios->count, sizeof(*ratios->list), compare);
}

const struct stat_ratio *stat_ratios_find(const struct stat_ratios *ratios, const char *function)
{
	struct stat_ratio key = { .function = (char *)function };

	if (!ratios->count)
		return NULL;
	return bsearch(&key, ratios->list, ratios->count, sizeof(*ratios->list), compare);
}

void stat_ratios_free(struct stat_ratios *ratios)
{
	for (size_t i = 0; i < ratios->count; i++)
		free(ratios->list[i].function);
	free(ratios->list);
}
