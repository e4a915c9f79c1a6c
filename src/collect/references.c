/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References to textures and surfaces, which a program registers as soon as it is loaded. The calls
 * that fail because of them may come much later, or in a thread whose records were lost.
 */
#include "collect/references.h"

#include <stdint.h>
#include <string.h>

#include "collect/defs.h"
#include "curtrace/trace_format.h"

static void warn(struct col_warnings *w, const char *text, size_t size)
{
	int name_length, kind_length;
	const char *name = col_defs_value(text, size, "name=", &name_length);
	const char *kind = col_defs_value(text, size, "kind=", &kind_length);

	if (name && kind)
		col_warnings_add(w, "texture-references",
				 "`%.*s' is a %.*s reference, a thing of CUDA 11 and before that "
				 "curtrace's runtime does not have: calls that bind it answer "
				 "`not supported'",
				 name_length, name, kind_length, kind);
}

void col_references_warn(struct col_warnings *w, const char *defs, size_t size)
{
	struct ctr_def def;

	for (size_t at = 0; at + sizeof(def) <= size; at += def.size) {
		memcpy(&def, defs + at, sizeof(def));
		if (def.size < sizeof(def) || def.size > size - at)
			return;
		if (def.kind == CTR_DEF_REFERENCE)
			warn(w, defs + at + sizeof(def), def.size - sizeof(def));
	}
}
