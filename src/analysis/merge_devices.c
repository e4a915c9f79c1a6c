/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of a merged trace. Two ranks mean by device 0 one device or two: it is one only where
 * host, number and everything else that is known of it are the same. The list numbers them anew; in
 * arguments of calls stands what the program passed.
 */
#include <string.h>

#include "analysis/merge_internal.h"

static bool is_same(const struct ct_device_info *a, const struct ct_device_info *b)
{
	if (a->ordinal != b->ordinal || strcmp(a->name, b->name) != 0 ||
	    a->nproperties != b->nproperties)
		return false;
	for (unsigned int i = 0; i < a->nproperties; i++) {
		if (strcmp(a->property_names[i], b->property_names[i]) != 0 ||
		    strcmp(a->property_values[i], b->property_values[i]) != 0)
			return false;
	}
	return true;
}

/* With what tells devices of different hosts apart. */
static struct ct_device_info extended(struct an_merge *merge, const struct an_merge_source *source,
				      const struct ct_device_info *device)
{
	struct ct_device_info more = *device;
	const char **names, **values;
	size_t size = (device->nproperties + 2) * sizeof(*names);

	names = ut_arena_alloc(&merge->strings, size);
	values = ut_arena_alloc(&merge->strings, size);
	for (unsigned int i = 0; i < device->nproperties; i++) {
		names[i] = device->property_names[i];
		values[i] = device->property_values[i];
		/* One of a trace that was merged before says it already. */
		if (!strcmp(names[i], "host"))
			return *device;
	}
	if (strcmp(source->header->host, "?") != 0) {
		names[more.nproperties] = "host";
		values[more.nproperties++] = source->header->host;
	}
	names[more.nproperties] = "ordinal";
	values[more.nproperties++] = ut_arena_printf(&merge->strings, "%u", device->ordinal);
	more.property_names = names;
	more.property_values = values;
	return more;
}

static void add_device(struct an_merge *merge, const struct an_merge_source *source,
		       const struct ct_device_info *device, struct ct_device_info *originals)
{
	struct ct_header *header = &merge->header;
	struct ct_device_info more = extended(merge, source, device);

	for (unsigned int i = 0; i < header->ndevices; i++) {
		if (is_same(&originals[i], &more))
			return;
	}
	originals[header->ndevices] = more;
	header->devices[header->ndevices] = more;
	header->devices[header->ndevices].ordinal = header->ndevices;
	header->devices[header->ndevices].process += source->first_process;
	header->ndevices++;
}

void an_merge_devices(struct an_merge *merge)
{
	struct ct_device_info *originals;
	size_t total = 0;

	for (size_t i = 0; i < merge->nsources; i++)
		total += merge->sources[i].header->ndevices;
	originals = ut_arena_alloc(&merge->strings, total * sizeof(*originals));
	merge->header.devices =
		ut_arena_alloc(&merge->strings, total * sizeof(*merge->header.devices));
	for (size_t i = 0; i < merge->nsources; i++) {
		const struct an_merge_source *source = &merge->sources[i];

		for (unsigned int n = 0; n < source->header->ndevices; n++)
			add_device(merge, source, &source->header->devices[n], originals);
	}
}
