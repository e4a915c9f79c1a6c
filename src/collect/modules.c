/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging modules by their ELF tables.
 *
 * How a static CUDA runtime shows: nvcc puts device code into .nv_fatbin and registers it by
 * __cudaRegisterFatBinary. A module that has the one and does not import the other has the runtime
 * inside. Where the module was not stripped, a cudaMalloc among its own symbols says the same,
 * also if it has no device code.
 */
#include "collect/modules.h"

#include <stdlib.h>
#include <string.h>

#include "collect/maps.h"
#include "util/xalloc.h"

/* The versions of the runtime that curtrace is. */
static const char *const our_runtimes[] = { "libcudart.so.11.0", "libcudart.so.12",
					    "libcudart.so.13" };

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static bool is_ours(const char *needed)
{
	for (size_t i = 0; i < sizeof(our_runtimes) / sizeof(our_runtimes[0]); i++)
		if (!strcmp(needed, our_runtimes[i]))
			return true;
	return false;
}

/* The driver's own files hold device code and answer to nobody. */
static bool is_driver(const char *name)
{
	return has_prefix(name, "libcuda.so") || has_prefix(name, "libnvidia-") ||
	       has_prefix(name, "libcudadebugger.so");
}

/* A list and no hash: a process has some hundred modules, and maps are read rarely. */
void col_modules_add(struct col_modules *m, const char *path, size_t length)
{
	char *copy;

	for (size_t i = 0; i < m->count; i++)
		if (!strncmp(m->paths[i], path, length) && !m->paths[i][length])
			return;
	copy = ut_xmalloc(length + 1);
	memcpy(copy, path, length);
	copy[length] = '\0';
	ut_grow(&m->paths, &m->capacity, m->count, sizeof(*m->paths));
	m->paths[m->count++] = copy;
}

void col_modules_add_maps(struct col_modules *m, const char *text, size_t size)
{
	const char *end = text + size, *line, *stop;

	for (line = text; line < end; line = stop) {
		const char *path;
		size_t length;

		stop = memchr(line, '\n', (size_t)(end - line));
		stop = stop ? stop + 1 : end;
		path = col_maps_line_path(line, (size_t)(stop - line), &length);
		if (path)
			col_modules_add(m, path, length);
	}
}

/*
 * A runtime by its name is one even if it was stripped; a program that carries its own is told
 * before one that needs another version, as the former hides everything.
 */
enum col_module_kind col_module_judge(const char *path, const struct col_elf *elf,
				      const char **version)
{
	const char *name = base_name(path);

	*version = NULL;
	if (is_driver(name))
		return COL_MODULE_PLAIN;
	if (elf->exports_runtime || has_prefix(name, "libcudart.so") ||
	    (elf->soname && has_prefix(elf->soname, "libcudart.so")))
		return COL_MODULE_OTHER_RUNTIME;
	if (elf->hides_runtime || (elf->has_device_code && !elf->imports_register))
		return COL_MODULE_STATIC_RUNTIME;
	for (size_t i = 0; i < elf->nneeded; i++) {
		if (!has_prefix(elf->needed[i], "libcudart.so") || is_ours(elf->needed[i]))
			continue;
		*version = elf->needed[i];
		return COL_MODULE_OTHER_VERSION;
	}
	return COL_MODULE_PLAIN;
}

/*
 * What is not an ELF file (something else mapped executable) says nothing and is no error.
 */
static void inspect(struct col_modules *m, const char *path, const char *instead,
		    struct col_warnings *warnings)
{
	struct col_elf elf;
	const char *version;

	if (col_elf_read(path, true, &elf) != COL_ELF_OK) {
		col_elf_free(&elf);
		return;
	}
	m->uses_runtime |= elf.imports_runtime;
	switch (col_module_judge(path, &elf, &version)) {
	case COL_MODULE_PLAIN:
		break;
	case COL_MODULE_STATIC_RUNTIME:
		col_warnings_add(warnings, "static-runtime",
				 "%s carries a CUDA runtime of its own (nvcc's default, -cudart "
				 "static): calls made in it are not in the trace%s",
				 path, instead);
		break;
	case COL_MODULE_OTHER_RUNTIME:
		col_warnings_add(warnings, "other-runtime",
				 "%s is another CUDA runtime: calls made through it are not in the "
				 "trace%s",
				 path, instead);
		break;
	case COL_MODULE_OTHER_VERSION:
		col_warnings_add(
			warnings, "other-runtime-version",
			"%s needs %s, and curtrace records programs of CUDA 11, 12 and 13: "
			"calls made in it are not in the trace%s",
			path, version, instead);
		break;
	}
	col_elf_free(&elf);
}

/* Our own libraries export cudaMalloc too, and are what the calls went to. */
void col_modules_inspect(struct col_modules *m, const char *own, const struct col_runtimes *told,
			 struct col_warnings *warnings)
{
	size_t length = own ? strlen(own) : 0;

	for (size_t i = 0; i < m->count; i++) {
		if (length && !strncmp(m->paths[i], own, length) && m->paths[i][length] == '/')
			continue;
		if (!col_runtimes_know(told, m->paths[i]))
			inspect(m, m->paths[i], col_runtimes_instead(told), warnings);
	}
}

void col_modules_free(struct col_modules *m)
{
	for (size_t i = 0; i < m->count; i++)
		free(m->paths[i]);
	free(m->paths);
	*m = (struct col_modules){ .paths = NULL };
}
