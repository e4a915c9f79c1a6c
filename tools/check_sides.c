/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is run for each side, and in which environment. The sides differ in what is preloaded and in
 * nothing else.
 */
#include "check_sides.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_environment.h"
#include "collect/elf.h"
#include "install.h"
#include "show.h"
#include "util/xalloc.h"

#define SAY(...) snprintf(c->why, sizeof(c->why), __VA_ARGS__)

#define OUR_RUNTIME "libcudart.so.13"

#define WITNESS "libcurtrace-witness.so"

/* A list of words, of which those in front are ours. To be freed with its words. */
static char **words(const char *const *first, char *const *rest)
{
	size_t n = 0, m = 0, k = 0;
	char **list;

	while (first[n])
		n++;
	while (rest[m])
		m++;
	list = ut_xcalloc(n + m + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[k++] = ut_xstrdup(first[i]);
	for (size_t i = 0; i < m; i++)
		list[k++] = ut_xstrdup(rest[i]);
	return list;
}

/* This tool's own `record` with the command, as a user would call it. */
static char **record_words(const struct check *c, const char *trace)
{
	const char *first[8] = { "curtrace", "record", "-q", "-o", trace };
	size_t n = 5;

	if (c->options.simulate)
		first[n++] = "--sim";
	first[n] = "--";
	return words(first, c->options.command);
}

static char **plain_words(const struct check *c)
{
	const char *first[] = { NULL };

	return words(first, c->options.command);
}

/* What all sides have in common: none of our library, and no session that somebody else began. */
static char **base_environment(const struct check *c, const struct libraries *l)
{
	char **env = check_env_copy(environ);

	check_env_without(&env, INSTALL_SHIM);
	check_env_set(&env, "CURTRACE_SESSION", NULL);
	check_env_set(&env, "CURTRACE", "off");
	if (!c->options.simulate)
		return env;
	check_env_prepend(&env, "LD_LIBRARY_PATH", l->sim_folder);
	check_env_set(&env, "CURTRACE_DRIVER", l->sim_driver);
	return env;
}

/* A runtime that could not serve the program would be loaded and never asked. */
static bool check_runtime(struct check *c, char **path)
{
	struct col_elf elf;
	enum col_elf_status status;
	bool good;

	*path = realpath(c->options.runtime, NULL);
	if (!*path) {
		SAY("--runtime %s: %s", c->options.runtime, strerror(errno));
		return false;
	}
	status = col_elf_read(*path, true, &elf);
	good = status == COL_ELF_OK && elf.exports_runtime;
	if (!good)
		SAY("--runtime %s is not a CUDA runtime: a shared library " OUR_RUNTIME
		    " is wanted",
		    c->options.runtime);
	else if (!elf.soname || strcmp(elf.soname, OUR_RUNTIME))
		SAY("--runtime %s is %s, and curtrace stands in for " OUR_RUNTIME,
		    c->options.runtime, elf.soname ? elf.soname : "no named library"),
			good = false;
	else if (strpbrk(*path, " :"))
		SAY("--runtime %s: a library cannot be preloaded from a path with a blank or a "
		    "colon in it",
		    *path),
			good = false;
	if (status == COL_ELF_OK)
		col_elf_free(&elf);
	return good;
}

static char *own_path(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return ut_xstrdup("/proc/self/exe");
	path[n] = '\0';
	return ut_xstrdup(path);
}

/* One that is recorded is run by our own `record`, which preloads what it needs. */
static void make_recorded(const struct check *c, struct check_side *side, const char *trace)
{
	side->path = own_path();
	side->argv = record_words(c, trace);
	check_env_set(&side->env, "CURTRACE", NULL);
}

static void make_sides(struct check *c, const struct libraries *l, const char *runtime,
		       const char *folder)
{
	static const char *const names[] = { "nvidia", "curtrace", "recording" };
	char trace[PATH_MAX];

	c->nsides = c->options.recording ? 3 : 2;
	for (unsigned int i = 0; i < c->nsides; i++) {
		struct check_side *side = &c->sides[i];

		side->name = names[i];
		side->env = base_environment(c, l);
		side->runs = ut_xcalloc(c->options.runs, sizeof(*side->runs));
		if (i == CHECK_RECORDING) {
			snprintf(trace, sizeof(trace), "%s/recording.ctr", folder);
			make_recorded(c, side, trace);
			continue;
		}
		side->path = ut_xstrdup(c->program);
		side->argv = plain_words(c);
	}
	c->sides[CHECK_REFERENCE].label = runtime ? "reference" : "NVIDIA's";
	c->sides[CHECK_OURS].label = "curtrace's";
	c->sides[CHECK_RECORDING].label = "recording";
	if (runtime)
		check_env_prepend(&c->sides[CHECK_REFERENCE].env, "LD_PRELOAD", runtime);
	check_env_prepend(&c->sides[CHECK_OURS].env, "LD_PRELOAD", l->shim);
}

static bool witness_is_there(struct check *c, const struct libraries *l)
{
	char *witness = install_find(WITNESS);
	bool there = witness;

	if (!there)
		SAY("%s/" WITNESS " is not there", l->folder);
	free(witness);
	return there;
}

enum check_status check_sides_make(struct check *c, const char *folder)
{
	char *runtime = NULL;
	struct libraries l;

	if (!libraries_find(&l, c->options.simulate, c->why, sizeof(c->why)))
		return CHECK_ERROR;
	if (!witness_is_there(c, &l))
		return CHECK_ERROR;
	if (c->options.runtime && !check_runtime(c, &runtime)) {
		free(runtime);
		return CHECK_ERROR;
	}
	snprintf(c->proof.ours, sizeof(c->proof.ours), "%s", l.shim);
	if (runtime)
		snprintf(c->proof.reference, sizeof(c->proof.reference), "%s", runtime);
	make_sides(c, &l, runtime, folder);
	free(runtime);
	return CHECK_SAME;
}

/* The reference is watched by the loader's audit, ours by its own recording. */
struct check_side check_side_probe(const struct check *c, enum check_side_id id,
				   const struct check_probe *probe)
{
	const struct check_side *base = &c->sides[id];
	struct check_side side = { .name = base->name, .label = base->label };
	char *witness = install_find(WITNESS);

	side.env = check_env_copy(base->env);
	if (id == CHECK_OURS) {
		check_env_without(&side.env, INSTALL_SHIM);
		make_recorded(c, &side, probe->trace);
	} else {
		side.path = ut_xstrdup(base->path);
		side.argv = plain_words(c);
		check_env_set(&side.env, "CURTRACE_WITNESS", probe->witness);
		if (c->options.runtime)
			check_env_set(&side.env, "CURTRACE_WITNESS_RUNTIME", c->proof.reference);
		if (witness)
			check_env_prepend(&side.env, "LD_AUDIT", witness);
	}
	free(witness);
	return side;
}

void check_side_free(struct check_side *side)
{
	check_env_free(side->env);
	check_env_free(side->argv);
	free(side->path);
	free(side->runs);
	check_files_free(&side->out);
	check_files_free(&side->err);
}

void check_sides_free(struct check *c)
{
	for (unsigned int i = 0; i < c->nsides; i++)
		check_side_free(&c->sides[i]);
	for (size_t i = 0; i < c->proof.nnotes; i++)
		free(c->proof.notes[i]);
	free(c->proof.notes);
}
