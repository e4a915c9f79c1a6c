/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that `record` leaves: its name, its form, and that it is there whole or not at all.
 */
#ifndef TOOLS_OUTPUT_H
#define TOOLS_OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum output_form {
	OUTPUT_JSON,
	OUTPUT_JSON_GZ,
	OUTPUT_NATIVE
};

struct output {
	enum output_form form;
	bool keep_old;   /* a file that is there already becomes F.old */
	bool recovering; /* names of its own for what is temporary: a killed record's may be read */
	char path[PATH_MAX];
	char temporary[PATH_MAX]; /* F.tmp: becomes F when it is whole */
	char spool[PATH_MAX];     /* native trace written while the program runs */
	char folder[PATH_MAX];    /* that all of them lie in */
	int fd;                   /* of F.tmp, locked while we write it */
	int spool_fd;             /* of the spool; the same as fd if the form is native */
};

/*
 * Replaces %p by `pid`, %h by the host's name, %r by the rank in a distributed job (00012; 00000
 * without one), %q{VAR} by a variable of the environment, %% by %.
 * False, with one line in `why`: the pattern is wrong or the result too long.
 */
bool output_expand(const char *pattern, pid_t pid, char *out, size_t out_size, char *why,
		   size_t size);

/* Where the ending of a trace's name begins: t.json.gz has two dots. Its length if it has none. */
size_t output_stem(const char *name);

/* The form that a name's ending asks for; false: none of them. */
bool output_form_of(const char *name, enum output_form *form);

/*
 * Creates F.tmp and the spool for F = `path`. False, with one line in `why`: it cannot be written
 * there, and nothing was left.
 */
bool output_open(struct output *o, const char *path, char *why, size_t size);

/* F.tmp is whole: it reaches the disk and then its name. False, with one line in `why`. */
bool output_commit(struct output *o, char *why, size_t size);

void output_remove_spool(struct output *o);

/*
 * Sees to it that the spool has a name, which it is told by then: its own, unless that was removed
 * and cannot be made again. False, with errno: it will be gone.
 */
bool output_keep_spool(struct output *o);

/* Removes F.tmp if it was not committed. A spool that was not removed stays. */
void output_close(struct output *o);

#endif
