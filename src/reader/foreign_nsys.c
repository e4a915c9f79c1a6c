/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SQLite export of Nsight Systems, and files of the same shape. A table is there only if there
 * was something to put into it, and columns come and go with versions: what is not there is
 * missing, not an error. The database is opened as an immutable file, and nothing that is stored in
 * it is run.
 */
#include "reader/foreign.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/xalloc.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_SQLITE

#include "reader/foreign_nsys_file.h"

#define CALLS "CUPTI_ACTIVITY_KIND_RUNTIME"

struct nsys {
	struct rd_foreign foreign;
	sqlite3 *db;
	struct ut_map functions; /* nameId -> number */
};

/* A thread's and a process's ids are packed into one number, above them what else there is. */
static uint32_t pid_of(int64_t global)
{
	return (uint32_t)((uint64_t)global >> 24) & 0xffffff;
}

static uint32_t tid_of(int64_t global)
{
	return (uint32_t)global & 0xffffff;
}

/* ---- queries ------------------------------------------------------------------------------- */

static void note_error(struct rd_trace *trace, const struct nsys *nsys)
{
	rd_note_damage(trace, RD_NO_OFFSET, "cannot be read as a database: %s",
		       sqlite3_errmsg(nsys->db));
}

static sqlite3_stmt *prepare(struct rd_trace *trace, const struct nsys *nsys, const char *query)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(nsys->db, query, -1, &statement, NULL) == SQLITE_OK)
		return statement;
	note_error(trace, nsys);
	return NULL;
}

/* The next row; at the end or after an error the statement is gone. */
static bool step(struct rd_trace *trace, const struct nsys *nsys, sqlite3_stmt **statement)
{
	int result = *statement ? sqlite3_step(*statement) : SQLITE_DONE;

	if (result == SQLITE_ROW)
		return true;
	if (result != SQLITE_DONE)
		note_error(trace, nsys);
	sqlite3_finalize(*statement);
	*statement = NULL;
	return false;
}

/* Whether there is a table, no view, with that column. */
static bool has_column(struct rd_trace *trace, const struct nsys *nsys, const char *table,
		       const char *column)
{
	sqlite3_stmt *statement;
	bool found;

	statement = prepare(trace, nsys,
			    "SELECT 1 FROM sqlite_master m, pragma_table_info(m.name) c "
			    "WHERE m.type = 'table' AND m.name = ?1 AND c.name = ?2");
	if (!statement)
		return false;
	sqlite3_bind_text(statement, 1, table, -1, SQLITE_STATIC);
	sqlite3_bind_text(statement, 2, column, -1, SQLITE_STATIC);
	found = step(trace, nsys, &statement);
	sqlite3_finalize(statement);
	return found;
}

static bool has_columns(struct rd_trace *trace, const struct nsys *nsys, const char *table,
			const char *const *columns)
{
	for (; *columns; columns++) {
		if (!has_column(trace, nsys, table, *columns))
			return false;
	}
	return true;
}

/* A column's text, NULL if it has none. */
static const char *text_of(struct ut_arena *strings, sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? ut_arena_strdup(strings, (const char *)text) : NULL;
}

/* ---- what the trace says of itself --------------------------------------------------------- */

static void take_start(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "utcEpochNs", NULL };
	sqlite3_stmt *statement;

	trace->header.lacks |= CT_LACKS_REALTIME;
	if (!has_columns(trace, nsys, "TARGET_INFO_SESSION_START_TIME", columns))
		return;
	statement = prepare(trace, nsys, "SELECT utcEpochNs FROM TARGET_INFO_SESSION_START_TIME");
	if (!step(trace, nsys, &statement))
		return;
	nsys->foreign.base_ns = (uint64_t)sqlite3_column_int64(statement, 0);
	trace->header.start_realtime_ns = nsys->foreign.base_ns;
	trace->header.lacks &= ~(unsigned int)CT_LACKS_REALTIME;
	sqlite3_finalize(statement);
}

static void take_host(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "name", "value", NULL };
	sqlite3_stmt *statement;

	if (!has_columns(trace, nsys, "TARGET_INFO_SYSTEM_ENV", columns))
		return;
	statement = prepare(trace, nsys,
			    "SELECT value FROM TARGET_INFO_SYSTEM_ENV WHERE name = 'Hostname'");
	if (step(trace, nsys, &statement))
		trace->header.host = text_of(&trace->strings, statement, 0);
	sqlite3_finalize(statement);
}

static void take_devices(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "id", "name", NULL };
	struct ct_header *header = &trace->header;
	struct ct_device_info *devices;
	sqlite3_stmt *statement;

	if (!has_columns(trace, nsys, "TARGET_INFO_GPU", columns))
		return;
	statement = prepare(trace, nsys, "SELECT id, name FROM TARGET_INFO_GPU ORDER BY id");
	while (step(trace, nsys, &statement)) {
		const char *name = text_of(&trace->strings, statement, 1);

		devices =
			ut_arena_alloc(&trace->strings, (header->ndevices + 1) * sizeof(*devices));
		if (header->ndevices)
			memcpy(devices, header->devices, header->ndevices * sizeof(*devices));
		devices[header->ndevices++] = (struct ct_device_info){
			.ordinal = (uint32_t)sqlite3_column_int64(statement, 0),
			.name = name ? name : "?",
		};
		header->devices = devices;
	}
}

static void take_processes(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "globalPid", "name", NULL };
	sqlite3_stmt *statement;

	if (!has_columns(trace, nsys, "PROCESSES", columns))
		return;
	statement = prepare(trace, nsys, "SELECT globalPid, name FROM PROCESSES");
	while (step(trace, nsys, &statement)) {
		uint32_t pid = pid_of(sqlite3_column_int64(statement, 0));

		rd_foreign_process(&nsys->foreign, pid)->name =
			text_of(&trace->strings, statement, 1);
	}
}

static void take_threads(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "nameId", "globalTid", NULL };
	const char *const strings[] = { "id", "value", NULL };
	sqlite3_stmt *statement;

	if (!has_columns(trace, nsys, "ThreadNames", columns) ||
	    !has_columns(trace, nsys, "StringIds", strings))
		return;
	statement = prepare(trace, nsys,
			    "SELECT t.globalTid, s.value FROM ThreadNames t "
			    "JOIN StringIds s ON s.id = t.nameId");
	while (step(trace, nsys, &statement)) {
		int64_t global = sqlite3_column_int64(statement, 0);

		rd_foreign_thread(&nsys->foreign, pid_of(global), tid_of(global))->name =
			text_of(&trace->strings, statement, 1);
	}
}

/* Only of programs that used MPI while it was traced, too. */
static void take_ranks(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const columns[] = { "globalTid", "rank", NULL };
	struct rd_foreign_process *process;
	sqlite3_stmt *statement;

	if (!has_columns(trace, nsys, "MPI_RANKS", columns))
		return;
	statement = prepare(trace, nsys,
			    "SELECT globalTid, rank, (SELECT max(rank) + 1 FROM MPI_RANKS) "
			    "FROM MPI_RANKS");
	while (step(trace, nsys, &statement)) {
		process = rd_foreign_process(&nsys->foreign,
					     pid_of(sqlite3_column_int64(statement, 0)));
		process->rank = sqlite3_column_int(statement, 1);
		/* Of the ranks that the trace has seen: there may be others elsewhere. */
		process->world_size = sqlite3_column_int(statement, 2);
	}
}

/* ---- calls --------------------------------------------------------------------------------- */

/* The texts of the functions that were called, and of no other string. */
static bool take_functions(struct rd_trace *trace, struct nsys *nsys)
{
	sqlite3_stmt *statement = prepare(trace, nsys,
					  "SELECT id, value FROM StringIds WHERE id IN "
					  "(SELECT DISTINCT nameId FROM " CALLS ")");

	if (!statement)
		return false;
	while (step(trace, nsys, &statement)) {
		const unsigned char *name = sqlite3_column_text(statement, 1);

		if (name && *name)
			ut_map_put(&nsys->functions, (uint64_t)sqlite3_column_int64(statement, 0),
				   rd_foreign_function(trace, &nsys->foreign, (const char *)name));
	}
	return true;
}

static void take_call(struct rd_trace *trace, struct nsys *nsys, sqlite3_stmt *row, bool has_result)
{
	uint32_t *function = ut_map_get(&nsys->functions, (uint64_t)sqlite3_column_int64(row, 2));
	int64_t global = sqlite3_column_int64(row, 3);
	struct rd_foreign_call call = {
		.start_ns = sqlite3_column_int64(row, 0),
		.end_ns = sqlite3_column_int64(row, 1),
		.correlation = (uint64_t)sqlite3_column_int64(row, 4),
		.has_result = has_result && sqlite3_column_type(row, 5) == SQLITE_INTEGER,
		.result = has_result ? sqlite3_column_int(row, 5) : 0,
	};

	if (!function) {
		rd_note_damage(trace, RD_NO_OFFSET, "a call's name is not among its strings");
		return;
	}
	call.function = *function;
	rd_foreign_add(&nsys->foreign, pid_of(global), tid_of(global), &call);
}

static void take_calls(struct rd_trace *trace, struct nsys *nsys)
{
	bool has_result = has_column(trace, nsys, CALLS, "returnValue");
	sqlite3_stmt *statement;

	if (!has_result)
		trace->header.lacks |= CT_LACKS_RESULTS;
	statement = prepare(trace, nsys,
			    has_result ? "SELECT start, \"end\", nameId, globalTid, "
					 "correlationId, returnValue FROM " CALLS
				       : "SELECT start, \"end\", nameId, globalTid, "
					 "correlationId FROM " CALLS);
	while (step(trace, nsys, &statement))
		take_call(trace, nsys, statement, has_result);
}

/* ---- the file ------------------------------------------------------------------------------ */

/* A database that has neither the calls nor the strings of such a trace is something else. */
static bool is_trace(struct rd_trace *trace, struct nsys *nsys)
{
	const char *const strings[] = { "id", "value", NULL };

	if (has_columns(trace, nsys, "StringIds", strings))
		return true;
	rd_note_damage(trace, 0, "is a database, but not an export of Nsight Systems");
	return false;
}

static bool nsys_open(struct rd_trace *trace)
{
	const char *const columns[] = {
		"start", "end", "nameId", "globalTid", "correlationId", NULL
	};
	struct nsys *nsys = ut_xcalloc(1, sizeof(*nsys));

	trace->state = nsys;
	if (rd_nsys_file_open(trace->fd, &nsys->db) != SQLITE_OK) {
		note_error(trace, nsys);
		return false;
	}
	if (!is_trace(trace, nsys))
		return false;
	trace->header.source = "nsys";
	trace->header.lacks = CT_LACKS_ARGUMENTS | CT_LACKS_IN_FLIGHT | CT_LACKS_LOSSES |
			      CT_LACKS_CALLERS;
	take_start(trace, nsys);
	take_host(trace, nsys);
	take_devices(trace, nsys);
	take_processes(trace, nsys);
	take_threads(trace, nsys);
	take_ranks(trace, nsys);
	if (has_columns(trace, nsys, CALLS, columns) && take_functions(trace, nsys))
		take_calls(trace, nsys);
	sqlite3_close(nsys->db);
	nsys->db = NULL;
	return rd_foreign_finish(trace, &nsys->foreign);
}

static bool nsys_next(struct rd_trace *trace, struct ct_event *event)
{
	struct nsys *nsys = trace->state;

	return rd_foreign_next(trace, &nsys->foreign, event);
}

static void nsys_close(struct rd_trace *trace)
{
	struct nsys *nsys = trace->state;

	if (!nsys)
		return;
	sqlite3_close(nsys->db);
	ut_map_free(&nsys->functions);
	rd_foreign_free(&nsys->foreign);
	free(nsys);
}

#else

static bool nsys_open(struct rd_trace *trace)
{
	rd_note_damage(trace, RD_NO_OFFSET,
		       "is a database, and this curtrace was built without SQLite to read it");
	return false;
}

static bool nsys_next(struct rd_trace *trace, struct ct_event *event)
{
	(void)trace;
	(void)event;
	return false;
}

static void nsys_close(struct rd_trace *trace)
{
	(void)trace;
}

#endif

const struct rd_form rd_nsys_form = {
	.open = nsys_open,
	.next = nsys_next,
	.functions = rd_foreign_functions,
	.close = nsys_close,
};
