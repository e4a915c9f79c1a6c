/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `curtrace snapshot' asks a `curtrace record --flight' for a trace, by files in the session's
 * folder: `flight' says that somebody listens; `ask', of one that asks at a time, holds its number
 * and the trace's path, and then what became of it.
 */
#ifndef TOOLS_ASK_H
#define TOOLS_ASK_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct ask {
	int number;          /* process id of who asks */
	char path[PATH_MAX]; /* of the trace; "": as the others that are made */
};

/* ---- who listens --------------------------------------------------------------------------- */

/* False: nobody will be heard. */
bool ask_listen(int dirfd);

/* Somebody asks. It stays so until it is answered. */
bool ask_take(int dirfd, struct ask *a);

/* `text`: '+' and the path of the trace, or '-' and why there is none. */
void ask_answer(int dirfd, const char *text);

/* ---- who asks ------------------------------------------------------------------------------ */

/* Somebody listens in the session of this folder. */
bool ask_is_heard(const char *folder);

/*
 * Waits for the trace, which is to be made at `path` ("": as the recorder was told). True: it was,
 * at `text`; false: `text` says why not.
 */
bool ask_for_trace(const char *folder, const char *path, char *text, size_t size);

#endif
