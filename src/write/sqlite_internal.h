/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the writer of databases: its state, and values of columns. */
#ifndef WRITE_SQLITE_INTERNAL_H
#define WRITE_SQLITE_INTERNAL_H

#include "write/cache.h"
#include "write/format.h"
#include "write/intern.h"
#include "write/sqlite_file.h"
#include "write/sqlite_schema.h"
#include "write/threads.h"

struct sqlite {
	struct sq_file file;
	const struct ct_header *header;
	struct wr_intern strings;
	struct wr_threads threads;
	struct wr_text scratch;
	uint64_t last_ns; /* the latest instant of all */
	struct wr_cache cache;
	uint8_t *callchains; /* bit i: a call has stack i */
};

/* Columns of the row that is being made. */
void sq_out_text(struct sqlite *w, const char *text);
void sq_out_text_or_null(struct sqlite *w, const char *text);
void sq_out_count(struct sqlite *w, uint64_t number);

/* As that tool packs them: machine, process, thread. */
static inline int64_t sq_global_id(uint32_t pid, uint32_t tid)
{
	return (int64_t)1 << 48 | (int64_t)(pid & 0xffffff) << 24 | (tid & 0xffffff);
}

/* sqlite_run.c: the tables that are filled at once, from the header. */
void sq_add_run(struct sqlite *w);

#endif
