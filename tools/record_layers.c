/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A layer is left out in two ways: the runtime's functions are there in any case and are not
 * selected, as are NVTX's where --range asks for its ranges; the driver is not even reached for,
 * nor is NVTX else.
 */
#include "record_layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"

static const char *const names[] = { CT_LAYER_NAMES, "internal" };
#define NAMES (sizeof(names) / sizeof(names[0]))

static bool find_layer(const char *word, size_t length, unsigned int *layer)
{
	for (unsigned int i = 0; i < NAMES; i++) {
		if (strlen(names[i]) == length && !memcmp(names[i], word, length)) {
			*layer = i;
			return true;
		}
	}
	ut_warn("record: --layers: `%.*s' is none of runtime, driver, nvtx, internal", (int)length,
		word);
	return false;
}

/* A sign stays in force until the next one. */
bool record_layers_parse(const char *text, unsigned int *layers)
{
	bool changes = *text == '+' || *text == '-', more = true;
	unsigned int result = changes ? *layers : 0, layer;

	for (;;) {
		size_t length;

		if (*text == '+' || *text == '-')
			more = *text++ == '+';
		length = strcspn(text, ",");
		if (!find_layer(text, length, &layer))
			return false;
		result = more ? result | 1u << layer : result & ~(1u << layer);
		text += length;
		if (!*text++)
			break;
	}
	/* Ours are the driver's functions too. */
	if (result & 1u << RECORD_LAYER_INTERNAL)
		result |= 1u << CT_LAYER_DRIVER;
	*layers = result;
	return true;
}

const char *record_layers_text(unsigned int layers)
{
	static char text[64];
	size_t length = 0;

	*text = '\0';
	for (unsigned int i = 0; i < NAMES; i++) {
		if (layers & 1u << i)
			length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
						   length ? "," : "", names[i]);
	}
	return text;
}

bool record_layers_select(unsigned int layers, struct record_select *select)
{
	return (layers & 1u << CT_LAYER_RUNTIME || record_select_add(select, "!%runtime")) &&
	       (layers & 1u << CT_LAYER_NVTX || record_select_add(select, "!%nvtx"));
}

void record_layers_into_environment(unsigned int layers)
{
	setenv("CURTRACE_LAYERS", record_layers_text(layers), 1);
}
