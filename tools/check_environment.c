/* SPDX-License-Identifier: Apache-2.0 */
/* Environments as lists. */
#include "check_environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"
#include "util/xalloc.h"

static size_t count(char *const *env)
{
	size_t n = 0;

	while (env[n])
		n++;
	return n;
}

char **check_env_copy(char *const *env)
{
	size_t n = count(env);
	char **copy = ut_xcalloc(n + 1, sizeof(*copy));

	for (size_t i = 0; i < n; i++)
		copy[i] = ut_xstrdup(env[i]);
	return copy;
}

void check_env_free(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		free(env[i]);
	free(env);
}

static size_t find(char *const *env, const char *name)
{
	size_t length = strlen(name), i = 0;

	while (env[i] && (strncmp(env[i], name, length) || env[i][length] != '='))
		i++;
	return i;
}

const char *check_env_get(char *const *env, const char *name)
{
	size_t i = find(env, name);

	return env[i] ? env[i] + strlen(name) + 1 : NULL;
}

/* In its old place, and new ones last, so that the rest is as the program knows it. */
void check_env_set(char ***env, const char *name, const char *value)
{
	size_t i = find(*env, name), n = count(*env);
	char *entry;
	size_t size;

	if (!value) {
		if (i == n)
			return;
		free((*env)[i]);
		memmove(*env + i, *env + i + 1, (n - i) * sizeof(**env));
		return;
	}
	size = strlen(name) + strlen(value) + 2;
	entry = ut_xmalloc(size);
	snprintf(entry, size, "%s=%s", name, value);
	if (i == n) {
		*env = ut_xrealloc(*env, (n + 2) * sizeof(**env));
		(*env)[n + 1] = NULL;
	} else {
		free((*env)[i]);
	}
	(*env)[i] = entry;
}

void check_env_prepend(char ***env, const char *name, const char *value)
{
	const char *old = check_env_get(*env, name);
	size_t size = strlen(value) + (old ? strlen(old) : 0) + 2;
	char *both = ut_xmalloc(size);

	snprintf(both, size, "%s%s%s", value, old && *old ? ":" : "", old ? old : "");
	check_env_set(env, name, both);
	free(both);
}

void check_env_without(char ***env, const char *file)
{
	const char *old = check_env_get(*env, "LD_PRELOAD");
	char *words, *kept, *word, *rest;

	if (!old)
		return;
	words = ut_xstrdup(old);
	kept = ut_xcalloc(1, strlen(old) + 2);
	/* The loader takes blanks and colons alike. */
	for (word = strtok_r(words, " :", &rest); word; word = strtok_r(NULL, " :", &rest)) {
		if (!strcmp(show_basename(word), file))
			continue;
		if (*kept)
			strcat(kept, ":");
		strcat(kept, word);
	}
	check_env_set(env, "LD_PRELOAD", *kept ? kept : NULL);
	free(words);
	free(kept);
}
