/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment that brings the preload library and the simulated driver into a program.
 */
#include "libraries.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "install.h"
#include "show.h"
#include "util/message.h"
#include "util/xalloc.h"

#define SAY(...) snprintf(why, size, __VA_ARGS__)

bool libraries_find(struct libraries *l, bool simulate, char *why, size_t size)
{
	const char *folder = install_libdir();

	/* The program may change its directory before it starts another one. */
	if (!folder || !realpath(folder, l->folder)) {
		SAY("the folder of curtrace's libraries is not there: %s", folder ? folder : "?");
		return false;
	}
	snprintf(l->shim, sizeof(l->shim), "%s/" INSTALL_SHIM, l->folder);
	snprintf(l->agent, sizeof(l->agent), "%s/" INSTALL_AGENT, l->folder);
	snprintf(l->sim_driver, sizeof(l->sim_driver), "%s/" INSTALL_SIM, l->folder);
	snprintf(l->sim_folder, sizeof(l->sim_folder), "%s", l->sim_driver);
	*strrchr(l->sim_folder, '/') = '\0';
	if (access(l->shim, R_OK) || (simulate && access(l->sim_driver, R_OK))) {
		SAY("%s is not there", access(l->shim, R_OK) ? l->shim : l->sim_driver);
		return false;
	}
	/* The loader takes both as the end of a name, and nothing quotes them. */
	if (strpbrk(l->folder, " :")) {
		SAY("%s: a library cannot be preloaded from a folder with a blank or a colon in "
		    "its name",
		    l->folder);
		return false;
	}
	return true;
}

/* Of another installation too: two of the same library would stand in each other's way. */
static bool is_same(const char *word, const char *library)
{
	return !strcmp(show_basename(word), show_basename(library));
}

char *libraries_list(const char *old, const char *separators, const char *library, bool with)
{
	size_t size = (old ? strlen(old) : 0) + strlen(library) + 2, length = 0;
	char *list = ut_xcalloc(1, size), *copy = ut_xstrdup(old ? old : ""), *rest = NULL, *word;

	if (with)
		length = (size_t)snprintf(list, size, "%s", library);
	for (word = strtok_r(copy, separators, &rest); word;
	     word = strtok_r(NULL, separators, &rest)) {
		if (!is_same(word, library))
			length += (size_t)snprintf(list + length, size - length, "%s%s",
						   length ? ":" : "", word);
	}
	free(copy);
	return list;
}

/* In front: the first library that defines a name wins. */
static void put_library(const char *variable, const char *separators, const char *library)
{
	char *list = libraries_list(getenv(variable), separators, library, true);

	setenv(variable, list, 1);
	free(list);
}

/* As it is behind it: an empty folder is the current one. */
static void put_folder(const char *variable, const char *folder)
{
	const char *old = getenv(variable);
	size_t length = strlen(folder);
	char *both;

	if (!old || !*old) {
		setenv(variable, folder, 1);
		return;
	}
	if (!strncmp(old, folder, length) && (!old[length] || old[length] == ':'))
		return;
	if (asprintf(&both, "%s:%s", folder, old) < 0)
		return;
	setenv(variable, both, 1);
	free(both);
}

/* Into our own environment, which the child inherits; nothing of ours is run later. */
void libraries_into_environment(const struct libraries *l, bool simulate, bool redirect,
				const char *session)
{
	put_library("LD_PRELOAD", " :", l->shim);
	/* Without the loader's observer the program's file is treated, its libraries are not. */
	if (redirect && !access(l->agent, R_OK))
		put_library("LD_AUDIT", ":", l->agent);
	setenv("CURTRACE_STATIC", redirect ? "on" : "off", 1);
	setenv("CURTRACE_SESSION", session, 1);
	if (!simulate)
		return;
	put_folder("LD_LIBRARY_PATH", l->sim_folder);
	setenv("CURTRACE_DRIVER", l->sim_driver, 1);
}

void libraries_nvtx_into_environment(const struct libraries *l, bool torch)
{
	static const char variable[] = "NVTX_INJECTION64_PATH";
	const char *other = getenv(variable);
	char folder[sizeof(l->folder) + sizeof(INSTALL_PYTHON) + 1];

	if (other && *other && strcmp(other, l->shim) != 0)
		ut_warn("%s is set (%s): NVTX ranges go there and are not in the trace", variable,
			other);
	else
		setenv(variable, l->shim, 1);
	if (!torch)
		return;
	snprintf(folder, sizeof(folder), "%s/" INSTALL_PYTHON, l->folder);
	put_folder("PYTHONPATH", folder);
}

bool libraries_gpu_seen(void)
{
	/* Discrete GPUs, Windows' subsystem for Linux, embedded boards. */
	static const char *const nodes[] = { "/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg",
					     "/dev/nvmap" };

	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if (!access(nodes[i], F_OK))
			return true;
	return false;
}
