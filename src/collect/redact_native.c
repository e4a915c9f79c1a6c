/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redacting a native trace chunk by chunk. A payload is made anew of the parameters that the
 * trace's own `api` text knows, so that what kernels got is not in it; chunks, definitions and
 * control records that are not known are left out.
 */
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zlib.h>

#include "collect/redact.h"
#include "curtrace/trace_format.h"
#include "reader/reader.h"
#include "reader/unpack.h"
#include "util/xalloc.h"
#include "write/native.h"

struct redaction {
	struct col_redact names;
	struct rd_trace *trace; /* keeps `functions` */
	const struct rd_function *functions;
	size_t nfunctions;
	struct wr_native out;
	int from;
};

/* ---- JSON ----------------------------------------------------------------------------------- */

/* Numbers, and text of a harmless kind. */
static bool keeps(const cJSON *item, const char *group)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", group, *group ? "." : "", item->string);
	if (cJSON_IsBool(item))
		return col_redact_keeps(name, cJSON_IsTrue(item) ? "true" : "false");
	return cJSON_IsNumber(item) ||
	       (cJSON_IsString(item) && col_redact_keeps(name, item->valuestring));
}

static void redact_warnings(cJSON *list)
{
	cJSON *warning;

	cJSON_ArrayForEach(warning, list) cJSON_ReplaceItemInObjectCaseSensitive(
		warning, "text", cJSON_CreateString("(redacted)"));
}

/* `depth` ends what a file could nest without end. */
static void redact_object(cJSON *object, const char *group, int depth)
{
	cJSON *item = object->child, *next, *element;

	for (; item; item = next) {
		const char *name = item->string ? item->string : "";

		next = item->next;
		if (!strcmp(name, "warnings")) {
			redact_warnings(item);
		} else if (cJSON_IsObject(item) && depth) {
			redact_object(item, name, depth - 1);
		} else if (cJSON_IsArray(item) && depth) {
			cJSON_ArrayForEach(element, item) redact_object(element, "", depth - 1);
		} else if (!item->string || !keeps(item, group)) {
			cJSON_Delete(cJSON_DetachItemViaPointer(object, item));
		}
	}
}

static char *redact_json(struct redaction *r, const char *text, bool process)
{
	cJSON *object = cJSON_Parse(text);
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(object, "name");
	char hash[COL_REDACTED_SIZE] = "", *printed, *copy;

	if (!cJSON_IsObject(object)) {
		cJSON_Delete(object);
		object = cJSON_CreateObject();
	}
	if (process && cJSON_IsString(name))
		col_redact_name(&r->names, "process", name->valuestring, strlen(name->valuestring),
				hash);
	redact_object(object, "", 3);
	if (*hash) {
		cJSON_DeleteItemFromObjectCaseSensitive(object, "name");
		cJSON_AddStringToObject(object, "name", hash);
	}
	printed = cJSON_PrintUnformatted(object);
	copy = ut_xstrdup(printed ? printed : "{}");
	cJSON_free(printed);
	cJSON_Delete(object);
	return copy;
}

/* ---- records -------------------------------------------------------------------------------- */

static const struct rd_function *function_of(const struct redaction *r, unsigned int id)
{
	for (size_t i = 0; i < r->nfunctions; i++)
		if (r->functions[i].id == id)
			return &r->functions[i];
	return NULL;
}

static void redact_text(const struct redaction *r, const char *what, const char *from, size_t size,
			char *to)
{
	char hash[COL_REDACTED_SIZE];
	size_t length = strnlen(from, size);

	if (!length)
		return;
	col_redact_name(&r->names, what, from, length, hash);
	memcpy(to, hash, size < strlen(hash) ? size : strlen(hash));
}

static void redact_param(struct redaction *r, const struct rd_param *param, const char *from,
			 char *to)
{
	uint64_t address;

	switch (param->kind) {
	case CT_KIND_PTR:
	case CT_KIND_HANDLE:
	case CT_KIND_KERNEL:
		/* Shorter ones are numbers that the recorder gave. */
		if (param->size != sizeof(address)) {
			memcpy(to, from, param->size);
			break;
		}
		memcpy(&address, from, sizeof(address));
		address = col_redact_address(&r->names, address);
		memcpy(to, &address, sizeof(address));
		break;
	case CT_KIND_STR:
		redact_text(r, "text", from, param->size, to);
		break;
	case CT_KIND_NONE:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		break;
	default:
		memcpy(to, from, param->size);
	}
}

static void redact_control(struct redaction *r, const struct ctr_cell *from, struct ctr_cell *to)
{
	struct ctr_control_thread *thread = (void *)to->payload;
	struct ctr_control_stream *stream = (void *)to->payload;
	char name[sizeof(thread->name)];

	switch (from->function) {
	case CTR_CONTROL_THREAD:
	case CTR_CONTROL_THREAD_END:
		memcpy(to->payload, from->payload, sizeof(*thread));
		memcpy(name, thread->name, sizeof(name));
		memset(thread->name, 0, sizeof(thread->name));
		redact_text(r, "t", name, sizeof(name), thread->name);
		break;
	case CTR_CONTROL_LOSS:
		memcpy(to->payload, from->payload, sizeof(struct ctr_control_loss));
		to->result = from->result;
		break;
	case CTR_CONTROL_STREAM:
		memcpy(to->payload, from->payload, sizeof(*stream));
		stream->key = col_redact_address(&r->names, stream->key);
		break;
	default:
		break;
	}
}

/* Of a call that has not returned, or failed, what is at the place of outputs is not looked at. */
static void redact_call(struct redaction *r, const struct ctr_cell *from, struct ctr_cell *to,
			bool in_flight)
{
	const struct rd_function *function = function_of(r, from->function);
	size_t room = from->ncells * sizeof(*from) - CTR_CELL_HEAD_SIZE;
	const char *payload = (const char *)from + CTR_CELL_HEAD_SIZE;

	to->caller = col_redact_address(&r->names, from->caller);
	to->end = in_flight ? 0 : from->end;
	to->result = in_flight ? 0 : from->result;
	for (unsigned int i = 0; function && i < function->nparams; i++) {
		const struct rd_param *param = &function->params[i];

		if (param->offset > room || param->size > room - param->offset)
			continue;
		if (param->direction == CT_IN || (!in_flight && from->flags & CTR_CELL_OUTPUTS))
			redact_param(r, param, payload + param->offset,
				     (char *)to + CTR_CELL_HEAD_SIZE + param->offset);
	}
}

/* The reader has passed these records, so that each is whole; and the new cells are all zero. */
static void redact_cells(struct redaction *r, const struct ctr_chunk_cells *head,
			 const struct ctr_cell *from, size_t ncells, struct ctr_cell *to)
{
	bool in_flight = head->flags & CTR_CELLS_IN_FLIGHT;

	for (size_t i = 0; i < ncells; i += from[i].ncells) {
		if (!from[i].ncells || from[i].ncells > ncells - i)
			break;
		to[i] = (struct ctr_cell){
			.commit = from[i].commit,
			.start = from[i].start,
			.end = from[i].end,
			.function = from[i].function,
			.ncells = from[i].ncells,
			.flags = from[i].flags & (uint8_t)~CTR_CELL_KERNEL_ARGS,
		};
		if (from[i].function < CTR_FIRST_FUNCTION)
			redact_control(r, &from[i], &to[i]);
		else
			redact_call(r, &from[i], &to[i], in_flight);
	}
}

/* ---- definitions ---------------------------------------------------------------------------- */

static const char *name_of_kind(unsigned int kind)
{
	switch (kind) {
	case CTR_DEF_KERNEL:
		return "kernel";
	case CTR_DEF_NVTX_DOMAIN:
	case CTR_DEF_NVTX_STRING:
		return "text";
	case CTR_DEF_NVTX_CATEGORY:
		return "category";
	case CTR_DEF_THREAD:
		return "t";
	default:
		return "symbol";
	}
}

/* By what is neither an address nor a handle but a number of the trace's own, or a thread's. */
static bool has_plain_key(unsigned int kind)
{
	return kind == CTR_DEF_DEVICE || kind == CTR_DEF_VERSIONS || kind >= CTR_DEF_NVTX_DOMAIN;
}

/* "name=value" lines; of what is no number the names alone are kept, as hashes. */
static void redact_lines(const struct redaction *r, unsigned int kind, const char *text, FILE *f)
{
	while (*text) {
		size_t line = strcspn(text, "\n"), name = strcspn(text, "=\n");
		const char *value = text + name + 1;
		char hash[COL_REDACTED_SIZE];

		if (name < line && !strncmp(text, "name=", 5) && kind != CTR_DEF_DEVICE) {
			col_redact_name(&r->names, name_of_kind(kind), value, line - name - 1,
					hash);
			fprintf(f, "name=%s\n", hash);
		} else if (name < line && (kind == CTR_DEF_DEVICE ||
					   strspn(value, "-0123456789") >= line - name - 1)) {
			fprintf(f, "%.*s\n", (int)line, text);
		}
		text += line + (text[line] == '\n');
	}
}

static void redact_def(struct redaction *r, const struct ctr_def *from, const char *text, FILE *f)
{
	const size_t at = offsetof(struct ctr_def, kind);
	struct ctr_def def = *from;
	size_t size;
	char *lines;
	FILE *out;

	if (def.kind < CTR_DEF_KERNEL || def.kind > CTR_DEF_THREAD)
		return;
	if (!has_plain_key(def.kind))
		def.key = col_redact_address(&r->names, def.key);
	out = open_memstream(&lines, &size);
	if (!out)
		return;
	redact_lines(r, def.kind, text, out);
	fclose(out);
	def.size = (uint32_t)(sizeof(def) + size);
	def.checksum = (uint32_t)crc32(0, (const Bytef *)&def + at, (uInt)(sizeof(def) - at));
	def.checksum = (uint32_t)crc32(def.checksum, (const Bytef *)lines, (uInt)size);
	fwrite(&def, sizeof(def), 1, f);
	fwrite(lines, size, 1, f);
	free(lines);
}

static char *redact_defs(struct redaction *r, const char *data, size_t size, size_t *new_size)
{
	size_t at = sizeof(struct ctr_chunk_defs);
	char *text, *made;
	FILE *f = open_memstream(&made, new_size);
	struct ctr_def def;

	if (!f)
		return NULL;
	fwrite(data, at, 1, f);
	while (at + sizeof(def) <= size) {
		memcpy(&def, data + at, sizeof(def));
		if (def.size < sizeof(def) || def.size > size - at)
			break;
		text = ut_xmalloc(def.size - sizeof(def) + 1);
		memcpy(text, data + at + sizeof(def), def.size - sizeof(def));
		text[def.size - sizeof(def)] = '\0';
		redact_def(r, &def, text, f);
		free(text);
		at += def.size;
	}
	fclose(f);
	return made;
}

/* ---- chunks --------------------------------------------------------------------------------- */

static bool read_all(int fd, void *data, size_t size, uint64_t offset)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = pread(fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static int write_chunk(struct redaction *r, enum ctr_chunk_kind kind, void *data, size_t size)
{
	const struct iovec part = { .iov_base = data, .iov_len = size };

	return wr_native_chunk(&r->out, kind, &part, 1);
}

static int redact_chunk(struct redaction *r, const struct ctr_chunk *head, char *data);

/* As what it was before it was packed; the writer packs it again. */
static int redact_packed(struct redaction *r, const struct ctr_chunk *packed, const char *data)
{
	struct ctr_chunk head = { .kind = CTR_CHUNK_CELLS };
	size_t size;
	char *cells = rd_unpack(data, packed->size, &size);
	int error;

	if (!cells)
		return 0;
	head.size = size;
	error = redact_chunk(r, &head, cells);
	free(cells);
	return error;
}

static int redact_chunk(struct redaction *r, const struct ctr_chunk *head, char *data)
{
	size_t size = head->size, ncells;
	char *made = NULL;
	int error = 0;

	switch (head->kind) {
	case CTR_CHUNK_PACKED:
		return redact_packed(r, head, data);
	case CTR_CHUNK_API:
	case CTR_CHUNK_CLOCK:
		return write_chunk(r, head->kind, data, size);
	case CTR_CHUNK_HEADER:
	case CTR_CHUNK_PROCESS:
	case CTR_CHUNK_END:
		made = redact_json(r, data, head->kind == CTR_CHUNK_PROCESS);
		size = strlen(made);
		break;
	case CTR_CHUNK_CELLS:
		if (size < sizeof(struct ctr_chunk_cells))
			return 0;
		ncells = (size - sizeof(struct ctr_chunk_cells)) / CTR_CELL_SIZE;
		made = ut_xcalloc(1, size);
		memcpy(made, data, sizeof(struct ctr_chunk_cells));
		redact_cells(r, (const void *)data,
			     (const void *)(data + sizeof(struct ctr_chunk_cells)), ncells,
			     (void *)(made + sizeof(struct ctr_chunk_cells)));
		break;
	case CTR_CHUNK_DEFS:
		if (size >= sizeof(struct ctr_chunk_defs))
			made = redact_defs(r, data, size, &size);
		break;
	default:
		break;
	}
	if (made)
		error = write_chunk(r, head->kind, made, size);
	free(made);
	return error;
}

/* The reader has looked at the checksums. */
static int redact_chunks(struct redaction *r, uint64_t offset)
{
	struct ctr_chunk head;
	int error = 0;

	while (!error && read_all(r->from, &head, sizeof(head), offset) &&
	       head.size <= CTR_CHUNK_MAX_SIZE) {
		char *data = ut_xmalloc(head.size + 1);

		data[head.size] = '\0';
		if (!read_all(r->from, data, head.size, offset + sizeof(head))) {
			free(data);
			break;
		}
		error = redact_chunk(r, &head, data);
		free(data);
		offset += sizeof(head) + head.size;
	}
	return error;
}

static int redact_file(struct redaction *r, int fd, const char *folder)
{
	struct ctr_file_header header;
	int error;

	if (!read_all(r->from, &header, sizeof(header), 0))
		return -EIO;
	error = wr_native_begin(&r->out, fd, folder);
	if (!error)
		error = redact_chunks(r, header.header_size);
	wr_native_end(&r->out);
	return error;
}

bool col_redact_native(const char *path, int fd, const char *folder, char *why, size_t size)
{
	struct redaction r = { .from = -1 };
	struct rd_error problem;
	int error = -EIO;

	if (!col_redact_begin(&r.names, path, why, size))
		return false;
	r.trace = rd_open(path, &problem);
	r.from = open(path, O_RDONLY | O_CLOEXEC);
	if (r.trace && r.from >= 0 && !rd_damage(r.trace)) {
		r.functions = rd_functions(r.trace, &r.nfunctions);
		error = redact_file(&r, fd, folder);
		if (error)
			snprintf(why, size, "%s", strerror(-error));
	} else {
		snprintf(why, size, "%s",
			 r.trace && rd_damage(r.trace) ? rd_damage(r.trace)->text
						       : "it cannot be read");
	}
	if (r.from >= 0)
		close(r.from);
	rd_close(r.trace);
	col_redact_free(&r.names);
	return !error;
}
