/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and reading manifests. 64-bit numbers are strings, as in traces. */
#include "collect/manifest.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collect/command.h"
#include "reader/json_value.h"
#include "util/xalloc.h"

#define SAY(...) snprintf(why, size, __VA_ARGS__)

/* A manifest of ten thousand ranks is a few megabytes. */
#define LARGEST ((off_t)64 << 20)

/* ---- writing ------------------------------------------------------------------------------- */

bool col_manifest_name(const char *trace, char *name, size_t size)
{
	static const char *const endings[] = { ".json.gz", ".json", ".ctr" };
	size_t length = strlen(trace);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (length > n && !strcmp(trace + length - n, endings[i])) {
			length -= n;
			break;
		}
	}
	return snprintf(name, size, "%.*s" COL_MANIFEST_ENDING, (int)length, trace) < (int)size;
}

static void add_u64(cJSON *object, const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	cJSON_AddStringToObject(object, name, text);
}

/* Names are any bytes, JSON is UTF-8. */
static void add_text(cJSON *object, const char *name, const char *text)
{
	char *copy = ut_xstrdup(text ? text : "");

	col_make_text(copy);
	cJSON_AddStringToObject(object, name, copy);
	free(copy);
}

static cJSON *describe(const struct col_manifest_trace *trace)
{
	cJSON *object = cJSON_CreateObject();

	add_text(object, "file", trace->file);
	cJSON_AddNumberToObject(object, "rank", trace->rank);
	cJSON_AddNumberToObject(object, "world_size", trace->world_size);
	if (trace->local_rank >= 0)
		cJSON_AddNumberToObject(object, "local_rank", trace->local_rank);
	add_text(object, "launcher", trace->launcher);
	if (trace->job && *trace->job)
		add_text(object, "job", trace->job);
	add_text(object, "host", trace->host);
	cJSON_AddNumberToObject(object, "pid", trace->pid);
	add_u64(object, "start_realtime_ns", trace->start_realtime_ns);
	cJSON_AddBoolToObject(object, "complete", trace->complete);
	if (!trace->complete)
		return object;
	add_u64(object, "end_realtime_ns", trace->end_realtime_ns);
	add_u64(object, "bytes", trace->bytes);
	add_u64(object, "calls", trace->calls);
	add_u64(object, "recorded", trace->recorded);
	add_u64(object, "lost", trace->lost);
	add_u64(object, "in_flight", trace->in_flight);
	cJSON_AddNumberToObject(object, "exit_status", trace->exit_status);
	return object;
}

static int write_text(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t part;

	while (left) {
		part = write(fd, text, left);
		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return -errno;
		text += part;
		left -= (size_t)part;
	}
	return 0;
}

/* The name is ours alone while we write: ranks of other hosts may have our process id. */
static int replace_file(const char *path, const char *text)
{
	char temporary[PATH_MAX];
	mode_t mask;
	int fd, error;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* Who may read the trace may read this. */
	mask = umask(0);
	umask(mask);
	fchmod(fd, 0666 & ~mask);
	error = write_text(fd, text);
	if (close(fd) && !error)
		error = -errno;
	if (!error && rename(temporary, path))
		error = -errno;
	if (error)
		unlink(temporary);
	return error;
}

int col_manifest_write(const char *path, const struct col_manifest_trace *traces, size_t count)
{
	cJSON *root = cJSON_CreateObject(), *list;
	char *text;
	int error;

	cJSON_AddNumberToObject(root, "curtrace_manifest", COL_MANIFEST_VERSION);
	list = cJSON_AddArrayToObject(root, "traces");
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(list, describe(&traces[i]));
	text = cJSON_Print(root);
	error = text ? replace_file(path, text) : -ENOMEM;
	cJSON_free(text);
	cJSON_Delete(root);
	return error;
}

/* ---- reading ------------------------------------------------------------------------------- */

static char *copy_text(const cJSON *object, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	return ut_xstrdup(cJSON_IsString(item) ? item->valuestring : "");
}

static void free_trace(struct col_manifest_trace *trace)
{
	free(trace->file);
	free(trace->host);
	free(trace->launcher);
	free(trace->job);
}

static struct col_manifest_trace parse_trace(const cJSON *object)
{
	return (struct col_manifest_trace){
		.file = copy_text(object, "file"),
		.host = copy_text(object, "host"),
		.launcher = copy_text(object, "launcher"),
		.job = copy_text(object, "job"),
		.rank = (int32_t)rd_json_i64(object, "rank", -1),
		.world_size = (int32_t)rd_json_i64(object, "world_size", 0),
		.local_rank = (int32_t)rd_json_i64(object, "local_rank", -1),
		.pid = (uint32_t)rd_json_u64(object, "pid", 0),
		.start_realtime_ns = rd_json_u64(object, "start_realtime_ns", 0),
		.complete = rd_json_bool(object, "complete", false),
		.end_realtime_ns = rd_json_u64(object, "end_realtime_ns", 0),
		.bytes = rd_json_u64(object, "bytes", 0),
		.calls = rd_json_u64(object, "calls", 0),
		.recorded = rd_json_u64(object, "recorded", 0),
		.lost = rd_json_u64(object, "lost", 0),
		.in_flight = rd_json_u64(object, "in_flight", 0),
		.exit_status = (int32_t)rd_json_i64(object, "exit_status", -1),
	};
}

/* A trace that lies elsewhere is not the folder's: nothing in a file is believed. */
static bool is_sound(const struct col_manifest_trace *trace)
{
	return *trace->file && !strchr(trace->file, '/') && strcmp(trace->file, "..") != 0 &&
	       trace->world_size > 0 && trace->rank >= 0 && trace->rank < trace->world_size;
}

/* The latest word about a file counts. */
static void put_trace(struct col_manifest *manifest, struct col_manifest_trace trace)
{
	for (size_t i = 0; i < manifest->count; i++) {
		if (strcmp(manifest->traces[i].file, trace.file) != 0)
			continue;
		free_trace(&manifest->traces[i]);
		manifest->traces[i] = trace;
		return;
	}
	ut_grow(&manifest->traces, &manifest->capacity, manifest->count, sizeof(trace));
	manifest->traces[manifest->count++] = trace;
}

/* False: it is not a manifest, or one of a later version. */
static bool take_text(struct col_manifest *manifest, const char *text, size_t length,
		      const char **problem)
{
	cJSON *root = cJSON_ParseWithLength(text, length);
	int64_t version = rd_json_i64(root, "curtrace_manifest", 0);
	const cJSON *entry, *list;

	*problem = NULL;
	if (version < 1)
		*problem = "is not a manifest of curtrace";
	else if (version > COL_MANIFEST_VERSION)
		*problem = "is a manifest of a later version of curtrace";
	list = *problem ? NULL : cJSON_GetObjectItemCaseSensitive(root, "traces");
	cJSON_ArrayForEach(entry, list)
	{
		struct col_manifest_trace trace = parse_trace(entry);

		if (is_sound(&trace)) {
			put_trace(manifest, trace);
			continue;
		}
		free_trace(&trace);
		*problem = "names a trace that cannot be";
	}
	cJSON_Delete(root);
	return !*problem;
}

static bool read_manifest(struct col_manifest *manifest, int folder, const char *name, char *why,
			  size_t size)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *problem = NULL;
	struct stat status;
	char *text = NULL;
	ssize_t length;

	if (fd < 0 || fstat(fd, &status) || !S_ISREG(status.st_mode)) {
		problem = fd < 0 ? strerror(errno) : "is not a regular file";
	} else if (status.st_size > LARGEST) {
		problem = "is too large for a manifest";
	} else {
		text = ut_xmalloc((size_t)status.st_size + 1);
		length = pread(fd, text, (size_t)status.st_size, 0);
		take_text(manifest, text, length > 0 ? (size_t)length : 0, &problem);
	}
	if (problem)
		SAY("%s %s", name, problem);
	free(text);
	if (fd >= 0)
		close(fd);
	return !problem;
}

static bool is_fragment(const char *name)
{
	size_t length = strlen(name), n = strlen(COL_MANIFEST_ENDING);

	return length > n && !strcmp(name + length - n, COL_MANIFEST_ENDING);
}

static int compare_ranks(const void *a, const void *b)
{
	const struct col_manifest_trace *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->file, y->file);
}

/* The whole one first, for it may be older than what a rank says. */
bool col_manifest_read(const char *folder, struct col_manifest *manifest, char *why, size_t size)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	bool good = true;

	*manifest = (struct col_manifest){ 0 };
	if (!dir) {
		SAY("%s", strerror(errno));
		return false;
	}
	if (!faccessat(dirfd(dir), COL_MANIFEST_WHOLE, F_OK, 0))
		good = read_manifest(manifest, dirfd(dir), COL_MANIFEST_WHOLE, why, size);
	while (good && (entry = readdir(dir))) {
		if (is_fragment(entry->d_name))
			good = read_manifest(manifest, dirfd(dir), entry->d_name, why, size);
	}
	closedir(dir);
	if (good && !manifest->count) {
		SAY("holds no manifest of curtrace (*" COL_MANIFEST_ENDING "): name the traces");
		good = false;
	}
	if (good)
		qsort(manifest->traces, manifest->count, sizeof(*manifest->traces), compare_ranks);
	else
		col_manifest_free(manifest);
	return good;
}

void col_manifest_free(struct col_manifest *manifest)
{
	for (size_t i = 0; i < manifest->count; i++)
		free_trace(&manifest->traces[i]);
	free(manifest->traces);
	*manifest = (struct col_manifest){ 0 };
}
