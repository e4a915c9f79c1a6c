/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of an SQLite export; docs/EXPORT.md tells users of them. The first ones have the names
 * and columns of Nsight Systems' (what we add stands behind those), the others are ours. A change
 * of these changes SQ_SCHEMA_VERSION.
 */
#ifndef WRITE_SQLITE_SCHEMA_H
#define WRITE_SQLITE_SCHEMA_H

#define SQ_SCHEMA_VERSION 1

/* Of TARGET_INFO_GPU's columns: the device's properties by their names in a trace. */
#define SQ_GPU_PROPERTIES                                                       \
	"totalGlobalMem", "numSms", "computeMajor", "computeMinor", "warpSize", \
		"maxThreadsPerBlock", "sharedMemPerBlock", "regsPerBlock"

/* X(number, name, columns) */
#define SQ_TABLE_LIST(X)                                                                         \
	X(SQ_STRING_IDS, "StringIds", "id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL")    \
	X(SQ_RUNTIME, "CUPTI_ACTIVITY_KIND_RUNTIME",                                             \
	  "start INTEGER NOT NULL, end INTEGER, eventClass INTEGER NOT NULL, "                   \
	  "globalTid INTEGER, correlationId INTEGER, nameId INTEGER NOT NULL, "                  \
	  "returnValue INTEGER, callchainId INTEGER")                                            \
	X(SQ_CALLCHAINS, "CUDA_CALLCHAINS",                                                      \
	  "id INTEGER NOT NULL, symbol INTEGER NOT NULL, module INTEGER NOT NULL, "              \
	  "unresolved INTEGER, originalIP INTEGER, stackDepth INTEGER NOT NULL")                 \
	X(SQ_EVENT_CLASS, "ENUM_NSYS_EVENT_CLASS", "id INTEGER NOT NULL, name TEXT, label TEXT") \
	X(SQ_THREAD_NAMES, "ThreadNames",                                                        \
	  "nameId INTEGER NOT NULL, priority INTEGER, globalTid INTEGER")                        \
	X(SQ_PROCESSES, "PROCESSES",                                                             \
	  "globalPid INTEGER, pid INTEGER, name TEXT, process INTEGER, parentPid INTEGER, "      \
	  "host TEXT, rank INTEGER, calls INTEGER, lost INTEGER")                                \
	X(SQ_START_TIME, "TARGET_INFO_SESSION_START_TIME",                                       \
	  "utcEpochNs INTEGER, utcTime TEXT, localTime TEXT")                                    \
	X(SQ_DETAILS, "ANALYSIS_DETAILS",                                                        \
	  "globalVid INTEGER NOT NULL, duration INTEGER NOT NULL, "                              \
	  "startTime INTEGER NOT NULL, stopTime INTEGER NOT NULL")                               \
	X(SQ_GPU, "TARGET_INFO_GPU",                                                             \
	  "vmId INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT, cuDevice INTEGER, "            \
	  "totalMemory INTEGER, smCount INTEGER, "                                               \
	  "computeMajor INTEGER, computeMinor INTEGER, threadsPerWarp INTEGER, "                 \
	  "maxThreadsPerBlock INTEGER, maxShmemPerBlock INTEGER, maxRegistersPerBlock INTEGER")  \
	X(SQ_CAPTURE, "META_DATA_CAPTURE", "name TEXT NOT NULL, value TEXT")                     \
	X(SQ_EXPORT, "META_DATA_EXPORT", "name TEXT NOT NULL, value TEXT")                       \
	X(SQ_CALL, "CURTRACE_CALL",                                                              \
	  "correlationId INTEGER PRIMARY KEY, process INTEGER NOT NULL, domainId INTEGER, "      \
	  "outcomeId INTEGER, resultId INTEGER, callerModuleId INTEGER, "                        \
	  "callerOffset INTEGER, callerFunctionId INTEGER, arguments TEXT")                      \
	X(SQ_COPY, "CURTRACE_COPY",                                                              \
	  "correlationId INTEGER PRIMARY KEY, bytes INTEGER, directionId INTEGER, "              \
	  "destination INTEGER, source INTEGER, asynchronous INTEGER NOT NULL, "                 \
	  "streamNameId INTEGER, stream INTEGER")                                                \
	X(SQ_SET, "CURTRACE_SET",                                                                \
	  "correlationId INTEGER PRIMARY KEY, bytes INTEGER, destination INTEGER, "              \
	  "asynchronous INTEGER NOT NULL, streamNameId INTEGER, stream INTEGER")                 \
	X(SQ_LAUNCH, "CURTRACE_LAUNCH",                                                          \
	  "correlationId INTEGER PRIMARY KEY, effectId INTEGER NOT NULL, kernelId INTEGER, "     \
	  "gridX INTEGER, gridY INTEGER, gridZ INTEGER, blockX INTEGER, blockY INTEGER, "        \
	  "blockZ INTEGER, dynamicSharedMemory INTEGER, streamNameId INTEGER, stream INTEGER")   \
	X(SQ_WAIT, "CURTRACE_WAIT",                                                              \
	  "correlationId INTEGER PRIMARY KEY, waitsForId INTEGER, streamNameId INTEGER, "        \
	  "stream INTEGER")                                                                      \
	X(SQ_MEMORY, "CURTRACE_MEMORY",                                                          \
	  "correlationId INTEGER PRIMARY KEY, changeId INTEGER NOT NULL, allocation INTEGER, "   \
	  "memoryId INTEGER, deviceId INTEGER, address INTEGER, bytes INTEGER, "                 \
	  "liveBytes INTEGER")                                                                   \
	X(SQ_LOSS, "CURTRACE_LOSS",                                                              \
	  "ordinal INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL, "          \
	  "globalTid INTEGER, full INTEGER, reentered INTEGER, other INTEGER, "                  \
	  "causeId INTEGER")                                                                     \
	X(SQ_WARNING, "CURTRACE_WARNING", "code TEXT, text TEXT")

enum {
#define X(number, name, columns) number,
	SQ_TABLE_LIST(X)
#undef X
	SQ_TABLES
};

static const struct {
	const char *name;
	const char *sql;
} sq_tables[SQ_TABLES] = {
#define X(number, name, columns) { name, "CREATE TABLE " name "(" columns ")" },
	SQ_TABLE_LIST(X)
#undef X
};

#define TEXT_OF(id) "(SELECT value FROM StringIds WHERE StringIds.id=" id ")"

static const struct {
	const char *name;
	const char *sql;
} sq_views[] = {
	{ "CURTRACE_ARGUMENT", "CREATE VIEW CURTRACE_ARGUMENT AS "
			       "SELECT c.correlationId, a.key AS name, a.value AS value "
			       "FROM CURTRACE_CALL AS c, json_each(c.arguments) AS a" },
	{ "CURTRACE_ALLOCATION",
	  "CREATE VIEW CURTRACE_ALLOCATION AS "
	  "SELECT m.allocation, m.correlationId, f.correlationId AS freeCorrelationId, " TEXT_OF(
		  "m.memoryId") " AS memory, m.deviceId, m.address, m.bytes, r.start, "
				"e.end AS end, r.globalTid "
				"FROM CURTRACE_MEMORY AS m "
				"JOIN StringIds AS s ON s.id=m.changeId AND s.value='allocated' "
				"JOIN CUPTI_ACTIVITY_KIND_RUNTIME AS r "
				"ON r.correlationId=m.correlationId "
				"LEFT JOIN CURTRACE_MEMORY AS f ON f.allocation=m.allocation "
				"AND f.changeId=(SELECT id FROM StringIds WHERE value='freed') "
				"LEFT JOIN CUPTI_ACTIVITY_KIND_RUNTIME AS e "
				"ON e.correlationId=f.correlationId" },
	{ 0 },
};

#undef TEXT_OF

#endif
