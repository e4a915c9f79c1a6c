/* SPDX-License-Identifier: Apache-2.0 */
/* Which form an export has: by -f, or by the ending of the file's name. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect/convert.h"
#include "curtrace/trace_format.h"
#include "export.h"
#include "util/message.h"

static bool is_stdout(const struct exporting *e)
{
	return !strcmp(e->to, "-");
}

static bool ends_in_gz(const char *name)
{
	size_t length = strlen(name);

	return length > 3 && !strcmp(name + length - 3, ".gz");
}

/* The names of all, for messages. */
static const char *names(void)
{
	static char list[256];
	const struct wr_format *format;
	size_t used = (size_t)snprintf(list, sizeof(list), "ctr, json, json=full");

	for (size_t i = 0; (format = wr_format_number(i)); i++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, ", %s", format->name);
	return list;
}

static bool by_name(struct exporting *e)
{
	const char *name = e->form_name;

	e->gz = ends_in_gz(e->to);
	if (!strcmp(name, "ctr")) {
		e->form = EXPORT_NATIVE;
	} else if (!strcmp(name, "json")) {
		e->form = EXPORT_JSON;
	} else if (!strcmp(name, "json=full")) {
		e->form = EXPORT_JSON_FULL;
	} else {
		e->form = EXPORT_FORMAT;
		e->format = wr_format_named(name);
		if (!e->format) {
			ut_warn("export: -f %s: it is one of %s", name, names());
			return false;
		}
	}
	return true;
}

static bool by_ending(struct exporting *e)
{
	enum output_form named;

	e->form = EXPORT_FORMAT;
	e->format = wr_format_of_file(e->to, &e->gz);
	if (e->format)
		return true;
	if (!output_form_of(e->to, &named)) {
		ut_warn("export: -o %s: the name's ending tells no form; -f does: %s", e->to,
			names());
		return false;
	}
	e->form = named == OUTPUT_NATIVE ? EXPORT_NATIVE : EXPORT_JSON;
	e->gz = named == OUTPUT_JSON_GZ;
	return true;
}

static bool choose_weight(struct exporting *e)
{
	static const char *const weights[] = {
		[WR_WEIGHT_TIME] = "time",
		[WR_WEIGHT_CALLS] = "calls",
		[WR_WEIGHT_BYTES] = "bytes",
		[WR_WEIGHT_ALLOCATED] = "allocated",
	};

	if (!e->weight_name)
		return true;
	if (!e->format || !e->format->weighs) {
		ut_warn("export: --weight is for stacks: folded, speedscope");
		return false;
	}
	for (size_t i = 0; i < sizeof(weights) / sizeof(weights[0]); i++) {
		if (strcmp(e->weight_name, weights[i]))
			continue;
		e->weight = (enum wr_weight)i;
		return true;
	}
	ut_warn("export: --weight %s: it is time, calls, bytes or allocated", e->weight_name);
	return false;
}

bool export_choose(struct exporting *e)
{
	bool text;

	if (!e->to && !e->form_name) {
		ut_warn("export: -f or -o is missing (`curtrace help export')");
		return false;
	}
	if (!e->to)
		e->to = "-";
	if (!(e->form_name ? by_name(e) : by_ending(e)) || !choose_weight(e))
		return false;
	if (e->gz && (e->form == EXPORT_NATIVE || (e->format && e->format->seeks))) {
		ut_warn("export: -o %s: this form is not written compressed", e->to);
		return false;
	}
	text = e->format ? e->format->text : e->form != EXPORT_NATIVE;
	if (is_stdout(e) && !text && isatty(STDOUT_FILENO)) {
		ut_warn("export: this form is not for a terminal: -o FILE");
		return false;
	}
	return true;
}

/* By the first bytes, as the reader has it: what was recorded just now has no name. */
static bool is_native(const char *path)
{
	static const uint64_t magic = CTR_FILE_MAGIC;
	uint64_t head = 0;
	FILE *file = fopen(path, "re");
	bool is = file && fread(&head, sizeof(head), 1, file) == 1 && head == magic;

	if (file)
		fclose(file);
	return is;
}

bool export_check_source(const struct exporting *e)
{
	const char *path = e->source.path;

	if (e->form == EXPORT_JSON_FULL && (e->redact || !is_native(path))) {
		ut_warn("export: json=full is made of a native trace as it is (redact that first)");
		return false;
	}
	if (e->form != EXPORT_NATIVE || (e->redact && is_native(path)) ||
	    (!e->redact && col_is_full(path)))
		return true;
	if (e->redact || !is_native(path))
		ut_warn("export: %s: a native trace is made of one, or of json=full",
			e->source.name);
	else
		ut_warn("export: %s would be a copy: `--redact' or another form", e->to);
	return false;
}
