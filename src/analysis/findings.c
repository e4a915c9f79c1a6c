/* SPDX-License-Identifier: Apache-2.0 */
/* Shows calls to the detectors that want them, and collects what they have found. */
#include "analysis/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis/findings_detect.h"
#include "analysis/statistics_hash.h"
#include "util/units.h"

#define MAX_DETECTORS 32

struct watcher {
	void (*see)(void *own, const struct an_seen *seen);
	void *own;
};

struct an_findings {
	void *own[MAX_DETECTORS];
	struct watcher watchers[AN_EFFECTS][MAX_DETECTORS];
	unsigned int nwatchers[AN_EFFECTS];
	struct an_finding *list;
	size_t count, capacity;
	struct ut_arena strings;
};

struct an_finder {
	struct an_findings *findings;
	const struct an_detector *detector;
	const struct an_statistics *statistics;
};

const char *an_severity_name(enum an_severity severity)
{
	static const char *const names[] = { "trouble", "advice", "note" };

	return names[severity];
}

int an_finding_kind(size_t i, struct an_finding_kind *kind)
{
	if (i >= an_detector_count)
		return 0;
	*kind = an_detectors[i]->kind;
	return 1;
}

/* ---- seeing -------------------------------------------------------------------------------- */

struct an_findings *an_findings_new(void)
{
	struct an_findings *f = ut_xcalloc(1, sizeof(*f));

	for (size_t i = 0; i < an_detector_count && i < MAX_DETECTORS; i++) {
		const struct an_detector *detector = an_detectors[i];

		f->own[i] = detector->size ? ut_xcalloc(1, detector->size) : NULL;
		for (unsigned int kind = 0; kind < AN_EFFECTS; kind++) {
			if (detector->sees & AN_SEES(kind))
				f->watchers[kind][f->nwatchers[kind]++] =
					(struct watcher){ detector->see, f->own[i] };
		}
	}
	return f;
}

void an_findings_see(struct an_findings *f, const struct an_seen *seen)
{
	enum an_effect_kind kind = seen->effect->kind;

	for (unsigned int i = 0; i < f->nwatchers[kind]; i++)
		f->watchers[kind][i].see(f->watchers[kind][i].own, seen);
}

void an_findings_repeats(struct an_findings *f, const struct an_repeats *repeats)
{
	for (size_t i = 0; i < an_detector_count; i++) {
		if (an_detectors[i]->sees & AN_SEES_REPEATS)
			an_detectors[i]->repeats(f->own[i], repeats);
	}
}

/* A call whose place is not known stands with the others of its function. */
struct an_line *an_line_at(struct an_lines *lines, const struct an_seen *seen)
{
	uint32_t spot = an_seen_spot(seen), *known;
	uint64_t key =
		an_hash_mix((uint64_t)spot << 32 | seen->event->function, seen->event->process);
	struct an_line *line;

	known = ut_map_get(&lines->index, key);
	if (known)
		return an_array_at(&lines->list, *known, sizeof(*line));
	ut_map_put(&lines->index, key, ++lines->count);
	line = an_array_at(&lines->list, lines->count, sizeof(*line));
	line->function = seen->event->function;
	line->spot = spot;
	line->process = seen->event->process;
	line->ordinal = seen->event->ordinal;
	return line;
}

void an_lines_free(struct an_lines *lines)
{
	ut_map_free(&lines->index);
	free(lines->list.data);
}

/* ---- what was found ------------------------------------------------------------------------ */

static const char *say(struct an_finder *finder, const char *format, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	return ut_arena_strdup(&finder->findings->strings, text);
}

struct an_finding *an_found(struct an_finder *finder, const char *format, ...)
{
	struct an_findings *f = finder->findings;
	struct an_finding *finding;
	va_list args;

	ut_grow(&f->list, &f->capacity, f->count, sizeof(*f->list));
	finding = &f->list[f->count++];
	*finding = (struct an_finding){
		.code = finder->detector->kind.code,
		.severity = finder->detector->kind.severity,
		.advice = finder->detector->kind.advice,
	};
	va_start(args, format);
	finding->headline = say(finder, format, args);
	va_end(args);
	return finding;
}

void an_found_on(struct an_finder *finder, struct an_finding *finding, uint64_t count,
		 uint64_t ordinal, uint32_t function, uint32_t spot, const char *format, ...)
{
	struct ut_arena *strings = &finder->findings->strings;
	const struct an_spots *spots = an_statistics_spots(finder->statistics);
	struct an_evidence *evidence;
	char place[512];
	va_list args;

	/* There are a handful: copying them for each new one is no matter. */
	evidence = ut_arena_alloc(strings, (finding->nevidence + 1) * sizeof(*evidence));
	if (finding->nevidence)
		memcpy(evidence, finding->evidence, finding->nevidence * sizeof(*evidence));
	finding->evidence = evidence;
	evidence += finding->nevidence++;
	an_spot_text(an_spots_get(spots, spot), place, sizeof(place));
	*evidence = (struct an_evidence){
		.count = count,
		.ordinal = ordinal,
		.caller = ut_arena_strdup(strings, place),
		.function = an_said_function(finder, function),
	};
	va_start(args, format);
	evidence->text = say(finder, format, args);
	va_end(args);
}

const char *an_said_count(struct an_finder *finder, uint64_t count)
{
	char text[UT_UNITS_MAX];

	return ut_arena_strdup(&finder->findings->strings, ut_units_count(text, count));
}

const char *an_said_time(struct an_finder *finder, uint64_t ns)
{
	char text[UT_UNITS_MAX];

	return ut_arena_strdup(&finder->findings->strings, ut_units_time(text, ns));
}

const char *an_said_bytes(struct an_finder *finder, uint64_t bytes)
{
	char text[UT_UNITS_MAX];

	return ut_arena_strdup(&finder->findings->strings, ut_units_bytes(text, bytes));
}

const char *an_said_share(struct an_finder *finder, uint64_t ns)
{
	char text[UT_UNITS_MAX];

	ut_units_share(text, ns, an_run_ns(finder->statistics));
	return ut_arena_strdup(&finder->findings->strings, text);
}

const char *an_said_place(struct an_finder *finder, uint32_t spot)
{
	const struct an_spot *place = an_spots_get(an_statistics_spots(finder->statistics), spot);
	char text[512];

	if (!place)
		return "";
	return ut_arena_printf(&finder->findings->strings, " at %s",
			       an_spot_text(place, text, sizeof(text)));
}

const char *an_said_function(struct an_finder *finder, uint32_t function)
{
	return an_statistics_function_name(finder->statistics, function);
}

const char *an_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

uint64_t an_run_ns(const struct an_statistics *s)
{
	const struct an_run *run = an_statistics_run(s);

	return run->last_ns - run->first_ns;
}

/* ---- the end ------------------------------------------------------------------------------- */

/* Trouble first, then what costs most. */
static int compare(const void *left, const void *right)
{
	const struct an_finding *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (a->ns != b->ns)
		return a->ns > b->ns ? -1 : 1;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->headline, b->headline);
}

void an_findings_end(struct an_findings *f, const struct an_statistics *s)
{
	for (size_t i = 0; i < an_detector_count; i++) {
		struct an_finder finder = { f, an_detectors[i], s };

		if (an_detectors[i]->end)
			an_detectors[i]->end(f->own[i], s, &finder);
	}
	if (f->count)
		qsort(f->list, f->count, sizeof(*f->list), compare);
}

const struct an_finding *an_findings_get(const struct an_findings *f, size_t *count)
{
	*count = f->count;
	return f->list;
}

void an_findings_free(struct an_findings *f)
{
	for (size_t i = 0; i < an_detector_count; i++) {
		if (an_detectors[i]->free)
			an_detectors[i]->free(f->own[i]);
		free(f->own[i]);
	}
	free(f->list);
	ut_arena_free(&f->strings);
	free(f);
}
