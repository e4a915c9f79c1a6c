/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A baseline as a file: JSON, a line for each thing that may change by itself, so that `git diff`
 * shows what was learned anew. Calls stand in it once each, sequences as their numbers with the
 * loops folded.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/diff/baseline_own.h"
#include "analysis/diff/fold.h"
#include "util/map.h"
#include "util/xalloc.h"

/* ---- values -------------------------------------------------------------------------------- */

static void put_string(FILE *out, const char *text)
{
	if (!text) {
		fputs("null", out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			putc('\\', out);
		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

static void put_member(FILE *out, const char *indent, const char *key, const char *text)
{
	fprintf(out, "%s\"%s\": ", indent, key);
	put_string(out, text);
	fputs(",\n", out);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Each different call of a side, by the order in which lanes meet it. */
struct book {
	struct ut_map numbers; /* by token */
	uint64_t *ordinals;    /* of an example */
	uint32_t *shapes;
	size_t count, ordinals_capacity, shapes_capacity;
};

static void fill(struct book *book, const struct df_side *side)
{
	for (size_t i = 0; i < side->nlanes; i++) {
		const struct df_lane *lane = &side->lanes[i];

		for (size_t k = 0; k < lane->ncalls; k++) {
			const struct df_call *call = &lane->calls[k];

			if (ut_map_get(&book->numbers, call->token))
				continue;
			ut_grow(&book->ordinals, &book->ordinals_capacity, book->count,
				sizeof(*book->ordinals));
			ut_grow(&book->shapes, &book->shapes_capacity, book->count,
				sizeof(*book->shapes));
			book->ordinals[book->count] = lane->first_ordinal + call->ordinal;
			book->shapes[book->count] = call->shape;
			ut_map_put(&book->numbers, call->token, (uint32_t)book->count++);
		}
	}
}

struct by_ordinal {
	uint64_t ordinal;
	size_t number;
};

static int compare_ordinals(const void *left, const void *right)
{
	const struct by_ordinal *a = left, *b = right;

	return (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/* Descriptions by number. */
static const struct df_description **describe(struct df_side *side, const struct book *book)
{
	struct by_ordinal *sorted = ut_xmalloc((book->count + 1) * sizeof(*sorted));
	uint64_t *ordinals = ut_xmalloc((book->count + 1) * sizeof(*ordinals));
	const struct df_description **by_number =
		ut_xcalloc(book->count + 1, sizeof(struct df_description *));
	const struct df_description *described;

	for (size_t i = 0; i < book->count; i++)
		sorted[i] = (struct by_ordinal){ book->ordinals[i], i };
	if (book->count)
		qsort(sorted, book->count, sizeof(*sorted), compare_ordinals);
	for (size_t i = 0; i < book->count; i++)
		ordinals[i] = sorted[i].ordinal;
	described = df_describe(side, ordinals, book->count);
	for (size_t i = 0; i < book->count; i++)
		by_number[sorted[i].number] = &described[i];
	free(sorted);
	free(ordinals);
	return by_number;
}

/* [text, shape, caller]; a shape that the text begins with is not said again. */
static void put_calls(FILE *out, struct df_side *side, const struct book *book)
{
	const struct df_description **described = describe(side, book);

	fputs("\t\"calls\": [", out);
	for (size_t i = 0; i < book->count; i++) {
		fputs(i ? ",\n\t\t[" : "\n\t\t[", out);
		put_string(out, described[i]->text);
		fputs(", ", out);
		put_string(out, df_dictionary_shape_text(side->dictionary, book->shapes[i]));
		if (described[i]->caller) {
			fputs(", ", out);
			put_string(out, described[i]->caller);
		}
		putc(']', out);
	}
	fputs("\n\t],\n", out);
	free(described);
}

/* ---- lanes --------------------------------------------------------------------------------- */

/* "12 13 L0 6": L0 is a loop of the lane's list. */
static void put_symbols(FILE *out, const uint32_t *symbols, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (symbols[i] & DF_LOOP)
			fprintf(out, "%sL%" PRIu32, i ? " " : "", symbols[i] & ~DF_LOOP);
		else
			fprintf(out, "%s%" PRIu32, i ? " " : "", symbols[i]);
	}
}

static void put_sequence(FILE *out, const struct df_lane *lane, const struct book *book)
{
	uint32_t *numbers = ut_xmalloc((lane->ncalls + 1) * sizeof(*numbers));
	struct df_fold fold = { 0 };

	for (size_t i = 0; i < lane->ncalls; i++)
		numbers[i] = *ut_map_get(&book->numbers, lane->calls[i].token);
	df_fold(numbers, lane->ncalls, &fold);
	fputs("\t\t\t\"loops\": [", out);
	for (size_t i = 0; i < fold.nloops; i++) {
		fprintf(out, "%s\n\t\t\t\t\"%" PRIu32 "x ", i ? "," : "", fold.loops[i].count);
		put_symbols(out, fold.bodies + fold.loops[i].first, fold.loops[i].length);
		putc('"', out);
	}
	fputs("],\n\t\t\t\"sequence\": \"", out);
	put_symbols(out, fold.symbols, fold.count);
	fputs("\"\n", out);
	df_fold_free(&fold);
	free(numbers);
}

static void put_lanes(FILE *out, const struct df_side *side, const struct book *book)
{
	fputs("\t\"threads\": [", out);
	for (size_t i = 0; i < side->nlanes; i++) {
		const struct df_lane *lane = &side->lanes[i];

		fprintf(out, "%s\n\t\t{\n", i ? "," : "");
		put_member(out, "\t\t\t", "role", lane->role);
		put_member(out, "\t\t\t", "name", lane->name);
		fprintf(out, "\t\t\t\"process\": %" PRIu32 ",\n\t\t\t\"thread\": %" PRIu32 ",\n",
			lane->process, lane->thread);
		fprintf(out, "\t\t\t\"phases\": [%zu, %zu, %zu, %zu, %zu],\n", lane->phase[0],
			lane->phase[1], lane->phase[2], lane->phase[3], lane->phase[4]);
		fprintf(out, "\t\t\t\"period\": %zu,\n\t\t\t\"steady_known\": %s,\n", lane->period,
			lane->steady_known ? "true" : "false");
		put_sequence(out, lane, book);
		fputs("\t\t}", out);
	}
	fputs("\n\t],\n", out);
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void put_u64s(FILE *out, const char *name, const uint64_t *values, size_t count)
{
	fprintf(out, ",\n\t\t\t\"%s\": [", name);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s\"%" PRIu64 "\"", i ? ", " : "", values[i]);
	putc(']', out);
}

static void put_processes(FILE *out, const struct df_side *side)
{
	fputs("\t\"processes\": [", out);
	for (size_t i = 0; i < side->nprocesses; i++) {
		const struct df_memory *memory = side->memory ? &side->memory[i] : NULL;

		fprintf(out, "%s\n\t\t{\n\t\t\t\"name\": ", i ? "," : "");
		put_string(out, side->processes[i].name);
		if (memory) {
			put_u64s(out, "peak", memory->peak, AN_MEMORIES);
			put_u64s(out, "leaked", memory->leaked, AN_MEMORIES);
			put_u64s(out, "allocations", memory->allocations, AN_MEMORIES);
			put_u64s(out, "frees", memory->frees, AN_MEMORIES);
			put_u64s(out, "copied", memory->copied, AN_DIRECTIONS);
			put_u64s(out, "copies", memory->copies, AN_DIRECTIONS);
			put_u64s(out, "pageable_async", &memory->pageable_async, 1);
		}
		fputs("\n\t\t}", out);
	}
	fputs("\n\t],\n", out);
}

static void put_noises(FILE *out, const struct df_noises *noises)
{
	fputs("\t\"varies\": [", out);
	for (size_t i = 0; i < noises->count; i++) {
		const struct df_noise *noise = &noises->list[i];

		fputs(i ? ",\n\t\t[" : "\n\t\t[", out);
		put_string(out, noise->atom);
		if (noise->variation == DF_RANGING)
			fprintf(out, ", %.17g, %.17g]", noise->low, noise->high);
		else
			putc(']', out);
	}
	fputs("\n\t],\n", out);
}

static void put_times(FILE *out, const struct df_times *times)
{
	fprintf(out, "\t\"timed_runs\": %u,\n\t\"times\": [", times->runs);
	for (size_t i = 0; i < times->count; i++) {
		const struct df_timed *timed = &times->list[i];

		fputs(i ? ",\n\t\t[" : "\n\t\t[", out);
		put_string(out, timed->role);
		fputs(", ", out);
		put_string(out, timed->subject);
		fprintf(out, ", %.4f", timed->share);
		for (size_t k = 0; k < timed->count; k++)
			fprintf(out, ", %.1f", timed->medians[k]);
		putc(']', out);
	}
	fputs("\n\t]\n", out);
}

static void put_all(FILE *out, const struct df_baseline *baseline)
{
	struct df_side *side = baseline->side;
	struct book book = { 0 };

	fill(&book, side);
	fprintf(out, "{\n\t\"curtrace_baseline\": %d,\n\t\"runs\": %u,\n", DF_BASELINE_VERSION,
		baseline->runs);
	put_member(out, "\t", "policy", baseline->policy);
	put_member(out, "\t", "command", side->command);
	put_member(out, "\t", "gpus", side->environment.gpus);
	put_member(out, "\t", "driver", side->environment.driver);
	put_member(out, "\t", "runtime", side->environment.runtime);
	put_member(out, "\t", "curtrace", side->environment.curtrace);
	put_member(out, "\t", "clocks", side->environment.clocks);
	put_member(out, "\t", "layers", side->environment.layers);
	put_processes(out, side);
	put_calls(out, side, &book);
	put_lanes(out, side, &book);
	put_noises(out, &baseline->noises);
	put_times(out, &baseline->times);
	fputs("}\n", out);
	ut_map_free(&book.numbers);
	free(book.ordinals);
	free(book.shapes);
}

/* An old one stays until the new one is whole. */
bool df_baseline_write(const struct df_baseline *baseline, const char *path, char *why, size_t size)
{
	size_t length = strlen(path) + 8;
	char *part = ut_xmalloc(length);
	FILE *out;
	bool good;

	snprintf(part, length, "%s.part", path);
	out = fopen(part, "we");
	good = out;
	if (out) {
		put_all(out, baseline);
		good = !ferror(out);
		good = !fclose(out) && good && !rename(part, path);
	}
	if (!good) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		if (out)
			unlink(part);
	}
	free(part);
	return good;
}
