/* SPDX-License-Identifier: Apache-2.0 */
/* Recordings that go on: where their sessions' folders are. */
#ifndef TOOLS_SESSION_FIND_H
#define TOOLS_SESSION_FIND_H

#include <stdbool.h>
#include <stddef.h>

/* The folder of the session that the process `pid`, in digits, belongs to or collects. */
bool session_of_process(const char *pid, char *folder, size_t size);

/*
 * The same, and the process is the one that the session knows by this number: it was not given to
 * another one since. False: one line in `why`.
 */
bool session_of_pid(const char *pid, char *folder, size_t folder_size, char *why, size_t size);

/* Somebody collects the session in this folder. */
bool session_is_collected(const char *folder);

/* The folder of the only session of this user that is collected. False: one line in `why`. */
bool session_only(char *folder, size_t folder_size, char *why, size_t size);

/* The same of all sessions with a process that runs, whether or not they are collected. */
bool session_only_live(char *folder, size_t folder_size, char *why, size_t size);

#endif
