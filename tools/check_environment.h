/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Environments for programs that are run in several: copies of ours with changes.
 */
#ifndef TOOLS_CHECK_ENVIRONMENT_H
#define TOOLS_CHECK_ENVIRONMENT_H

#include <stdbool.h>

/* A copy of `env`, to be freed with check_env_free. */
char **check_env_copy(char *const *env);

void check_env_free(char **env);

/* NULL: it is not set. */
const char *check_env_get(char *const *env, const char *name);

/* Sets it; NULL removes it. */
void check_env_set(char ***env, const char *name, const char *value);

/* In front of the others in a list with colons. */
void check_env_prepend(char ***env, const char *name, const char *value);

/* Takes our own library out of LD_PRELOAD, wherever it came from. */
void check_env_without(char ***env, const char *file);

#endif
