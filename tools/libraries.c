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

/* In front: the first library that defines a name wins. */
static void prepend(const char *variable, const char *value)
{
	const char *old = getenv(variable);
	char *both;

	if (!old || !*old) {
		setenv(variable, value, 1);
		return;
	}
	if (asprintf(&both, "%s:%s", value, old) < 0)
		return;
	setenv(variable, both, 1);
	free(both);
}

/* Into our own environment, which the child inherits; nothing of ours is run later. */
void libraries_into_environment(const struct libraries *l, bool simulate, bool redirect,
				const char *session)
{
	prepend("LD_PRELOAD", l->shim);
	/* Without the loader's observer the program's file is treated, its libraries are not. */
	if (redirect && !access(l->agent, R_OK))
		prepend("LD_AUDIT", l->agent);
	setenv("CURTRACE_STATIC", redirect ? "on" : "off", 1);
	setenv("CURTRACE_SESSION", session, 1);
	if (!simulate)
		return;
	prepend("LD_LIBRARY_PATH", l->sim_folder);
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
	prepend("PYTHONPATH", folder);
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
