/* SPDX-License-Identifier: Apache-2.0 */
/* Where the report of diff goes: standard output, and a file for each form that has one. */
#include <errno.h>
#include <string.h>

#include "diff.h"
#include "util/message.h"

static bool print(const struct diff *diff, enum diff_format format, FILE *out)
{
	static void (*const printers[])(const struct diff *, FILE *) = {
		[DIFF_TEXT] = diff_print_text,
		[DIFF_JSON] = diff_print_json,
		[DIFF_JUNIT] = diff_print_junit,
		[DIFF_GITHUB] = diff_print_github,
	};

	if (format == DIFF_FOLDED)
		return diff_print_folded(diff, out);
	printers[format](diff, out);
	return true;
}

static bool finish_file(FILE *out, const char *path)
{
	bool good = !fflush(out) && !ferror(out);

	/* Nobody reads on: `curtrace diff | head' is no error. */
	if (!good && errno != EPIPE)
		ut_warn("%s cannot be written: %s", path, strerror(errno));
	return good || errno == EPIPE;
}

static bool print_to(const struct diff *diff, enum diff_format format, const char *path)
{
	FILE *out = fopen(path, "we");
	bool good;

	if (!out) {
		ut_warn("%s cannot be written: %s", path, strerror(errno));
		return false;
	}
	good = print(diff, format, out) && finish_file(out, path);
	fclose(out);
	return good;
}

bool diff_print(const struct diff *diff, const struct diff_outputs *outputs)
{
	bool good = true;

	for (unsigned int i = 0; i < DIFF_FORMATS; i++) {
		if (outputs->files[i])
			good &= print_to(diff, i, outputs->files[i]);
	}
	good &= diff->explain ? diff_explain(diff, stdout) : print(diff, outputs->format, stdout);
	return good && finish_file(stdout, "standard output");
}

bool diff_lead(const char *output)
{
	if (!output || !strcmp(output, "-") || freopen(output, "we", stdout))
		return true;
	ut_warn("%s cannot be written: %s", output, strerror(errno));
	return false;
}
