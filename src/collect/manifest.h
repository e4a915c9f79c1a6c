/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ranks of a job leave beside their traces, so that these can be found, told apart and
 * merged without being opened.
 *
 * Every rank writes a file of its own, F.manifest.json for the trace F.json, when it begins and
 * again when it ends; each time under another name first. So there is nothing that ranks share,
 * lock or overwrite, on one host or on many. The file `manifest.json` has the same form and more
 * traces: what `curtrace merge --manifest` makes of a folder. docs/MERGE.md describes the form.
 */
#ifndef COLLECT_MANIFEST_H
#define COLLECT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COL_MANIFEST_VERSION 1
#define COL_MANIFEST_ENDING  ".manifest.json"
#define COL_MANIFEST_WHOLE   "manifest.json"

struct col_manifest_trace {
	char *file; /* in the folder of the manifest */
	char *host;
	char *launcher;
	char *job; /* "": not known */
	int32_t rank;
	int32_t world_size;
	int32_t local_rank; /* -1: not known */
	uint32_t pid;
	uint64_t start_realtime_ns;
	bool complete; /* the recording has ended; else what follows is not known */
	uint64_t end_realtime_ns;
	uint64_t bytes;
	uint64_t calls, recorded, lost, in_flight;
	int32_t exit_status; /* as waitpid gives it */
};

struct col_manifest { /* all zero: empty */
	struct col_manifest_trace *traces;
	size_t count, capacity;
};

/* The name of the manifest that belongs to a trace; false: it is too long. */
bool col_manifest_name(const char *trace, char *name, size_t size);

/* Writes traces as the manifest `path`, which appears whole. Returns 0 or a negative errno. */
int col_manifest_write(const char *path, const struct col_manifest_trace *traces, size_t count);

/*
 * All manifests of a folder, by rising rank; what a rank says of itself wins over manifest.json.
 * False, with one line in `why`: there is none, or one cannot be understood.
 */
bool col_manifest_read(const char *folder, struct col_manifest *manifest, char *why, size_t size);

void col_manifest_free(struct col_manifest *manifest);

#endif
