/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modules that were loaded into the traced processes, and what of CUDA in them a trace cannot
 * have seen: a runtime linked statically, a second runtime, one of another version.
 */
#ifndef COLLECT_MODULES_H
#define COLLECT_MODULES_H

#include <stdbool.h>
#include <stddef.h>

#include "collect/elf.h"
#include "collect/runtimes.h"
#include "collect/warnings.h"

struct col_modules {
	char **paths;
	size_t count;
	size_t capacity;
	bool uses_runtime; /* one of those inspected asks for functions of the runtime */
};

enum col_module_kind {
	COL_MODULE_PLAIN = 0,
	COL_MODULE_STATIC_RUNTIME, /* carries one that nobody can get between */
	COL_MODULE_OTHER_RUNTIME,  /* is one */
	COL_MODULE_OTHER_VERSION   /* needs one of another version */
};

/* Takes a path in, once. */
void col_modules_add(struct col_modules *m, const char *path, size_t length);

/* Takes in every file of a text in the form of /proc/P/maps. */
void col_modules_add_maps(struct col_modules *m, const char *text, size_t size);

/*
 * What a module is; `version` gets the name of the library that it needs in the last case, which
 * belongs to *elf.
 */
enum col_module_kind col_module_judge(const char *path, const struct col_elf *elf,
				      const char **version);

/*
 * Reads all the files but those below `own` and those that the processes told of themselves, and
 * warns of each that hides calls.
 */
void col_modules_inspect(struct col_modules *m, const char *own, const struct col_runtimes *told,
			 struct col_warnings *warnings);

void col_modules_free(struct col_modules *m);

#endif
