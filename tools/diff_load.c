/* SPDX-License-Identifier: Apache-2.0 */
/* The operands of diff and baseline. */
#include "diff_load.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "install.h"
#include "util/message.h"
#include "util/xalloc.h"

/* ---- runs ------------------------------------------------------------------------------------ */

static void add_path(struct diff_runs *runs, char *path)
{
	ut_grow(&runs->paths, &runs->capacity, runs->count, sizeof(*runs->paths));
	runs->paths[runs->count++] = path;
}

static char *join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = ut_xmalloc(size);

	snprintf(path, size, "%s/%s", folder, name);
	return path;
}

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length > tail && !strcmp(name + length - tail, ending);
}

/* Manifests of ranks lie beside the traces. */
static int is_trace(const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (*name == '.' || ends_with(name, "manifest.json"))
		return 0;
	return ends_with(name, ".ctr") || ends_with(name, ".json") || ends_with(name, ".json.gz");
}

bool diff_is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool add_folder(struct diff_runs *runs, const char *command, const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_trace, alphasort);

	if (count <= 0) {
		ut_warn("%s: %s: %s", command, folder,
			count < 0 ? strerror(errno) : "there is no trace in this folder");
		return false;
	}
	for (int i = 0; i < count; i++) {
		char *path = join(folder, entries[i]->d_name);

		if (df_baseline_is(path))
			free(path);
		else
			add_path(runs, path);
		free(entries[i]);
	}
	free(entries);
	return true;
}

bool diff_runs_add(struct diff_runs *runs, const char *command, const char *operand)
{
	if (diff_is_folder(operand))
		return add_folder(runs, command, operand);
	add_path(runs, ut_xstrdup(operand));
	return true;
}

void diff_runs_free(struct diff_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++) {
		free(runs->paths[i]);
		if (runs->sides)
			df_side_free(runs->sides[i]);
	}
	free(runs->paths);
	free(runs->sides);
	*runs = (struct diff_runs){ .count = 0 };
}

/* ---- loading --------------------------------------------------------------------------------- */

struct loading {
	struct diff_runs *runs;
	const struct df_load *load;
	struct df_dictionary *dictionary;
	bool good;
	char why[512];
};

static void *load_all(void *data)
{
	struct loading *l = data;
	struct diff_runs *runs = l->runs;

	runs->sides = ut_xcalloc(runs->count + 1, sizeof(struct df_side *));
	l->good = true;
	for (size_t i = 0; i < runs->count && l->good; i++) {
		runs->sides[i] = df_side_load(runs->paths[i], l->load, l->dictionary, l->why,
					      sizeof(l->why));
		l->good = runs->sides[i];
	}
	return NULL;
}

/* What went wrong is said by one thread alone, and once. */
static bool said(const struct loading *first, const struct loading *second)
{
	if (!first->good)
		ut_warn("%s", first->why);
	if (!second->good && (first->good || strcmp(first->why, second->why) != 0))
		ut_warn("%s", second->why);
	return first->good && second->good;
}

/* JSON, compressed or not: it names some arguments otherwise, and holds fewer outputs. */
static bool is_native(const char *path)
{
	FILE *file = fopen(path, "re");
	int first = file ? getc(file) : EOF;

	if (file)
		fclose(file);
	return first != '{' && first != '[' && first != 0x1f;
}

static void compare_forms(const struct diff_runs *a, const struct diff_runs *b)
{
	if (a->count && b->count && is_native(a->paths[0]) != is_native(b->paths[0]))
		ut_warn("%s and %s are traces of different forms, of which one names or lacks what "
			"the other does not: compare two of one form",
			a->paths[0], b->paths[0]);
}

bool diff_load(struct diff_runs *a, struct diff_runs *b, const struct df_load *load,
	       struct df_dictionary *dictionary)
{
	struct loading first = { .runs = a, .load = load, .dictionary = dictionary };
	struct loading second = { .runs = b, .load = load, .dictionary = dictionary };
	pthread_t thread;
	bool threaded = !pthread_create(&thread, NULL, load_all, &second);

	load_all(&first);
	if (threaded)
		pthread_join(thread, NULL);
	else
		load_all(&second);
	compare_forms(a, b);
	return said(&first, &second);
}

/* ---- baselines ------------------------------------------------------------------------------- */

bool diff_is_baseline(const char *path)
{
	struct dirent **entries;
	bool found = false;
	int count;

	if (!diff_is_folder(path))
		return df_baseline_is(path);
	count = scandir(path, &entries, is_trace, alphasort);
	for (int i = 0; i < count; i++) {
		char *file = join(path, entries[i]->d_name);

		found |= df_baseline_is(file);
		free(file);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return found;
}

char *diff_baseline_path(const char *folder, const struct df_environment *environment)
{
	char name[256];

	df_baseline_name(environment, name, sizeof(name));
	return join(folder, name);
}

struct df_baseline *diff_baseline(const char *command, const char *path,
				  const struct df_environment *environment,
				  struct df_dictionary *dictionary)
{
	char *in_folder = diff_is_folder(path) ? diff_baseline_path(path, environment) : NULL;
	struct df_baseline *baseline;
	char why[512];

	baseline = df_baseline_load(in_folder ? in_folder : path, dictionary, why, sizeof(why));
	if (!baseline)
		ut_warn("%s: %s: %s", command, in_folder ? in_folder : path, why);
	free(in_folder);
	return baseline;
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* Where policies are installed: beside the libraries, or as data are; NULL: nowhere. */
static char *policies_folder(void)
{
	static const char *const places[] = { "policies", "../../share/curtrace/policies" };
	const char *libdir = install_libdir();

	for (size_t i = 0; libdir && i < sizeof(places) / sizeof(places[0]); i++) {
		char *folder = join(libdir, places[i]);

		if (!access(folder, R_OK))
			return folder;
		free(folder);
	}
	return NULL;
}

static char *policy_path(const char *name, const char *folder)
{
	char file[256], *path;

	if (strchr(name, '/') || ends_with(name, ".json") || !folder)
		return NULL;
	snprintf(file, sizeof(file), "%s.json", name);
	path = join(folder, file);
	if (!access(path, R_OK))
		return path;
	free(path);
	return NULL;
}

struct df_policy *diff_policy(const char *command, const char *name)
{
	char *folder = policies_folder(), *path = policy_path(name, folder);
	struct df_policy *policy;
	char why[512];

	policy = df_policy_load(path ? path : name, folder, why, sizeof(why));
	if (!policy)
		ut_warn("%s: --policy %s: %s", command, name, why);
	free(folder);
	free(path);
	return policy;
}

bool diff_steps(const char *text, struct df_load *load)
{
	unsigned long long first, last;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	first = strtoull(text, &end, 10);
	if (strncmp(end, "..", 2) != 0 || end[2] < '0' || end[2] > '9')
		return false;
	last = strtoull(end + 2, &end, 10);
	if (*end || errno || !first || last < first)
		return false;
	load->first_step = first;
	load->last_step = last;
	return true;
}
