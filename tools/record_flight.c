/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Triggers are looked up when all options are known to be right: the functions are in a file.
 */
#include "record_flight.h"

#include <stdlib.h>
#include <string.h>

#include "api_file.h"
#include "collect/session.h"
#include "util/message.h"
#include "util/quantity.h"

#define DEFAULT_KEEP_NS 10000000000ull
#define DEFAULT_DUMPS   10
#define MOST_DUMPS      100000

bool record_flight_time(struct record_flight *f, const char *text)
{
	f->wanted = true;
	f->keep_ns = DEFAULT_KEEP_NS;
	if (!text || (ut_quantity_time(text, &f->keep_ns) && f->keep_ns))
		return true;
	ut_warn("--flight=%s: how long a time is kept, as 10s or 500ms", text);
	return false;
}

bool record_flight_trigger(struct record_flight *f, const char *text)
{
	if (f->count == RECORD_TRIGGERS_MAX)
		ut_warn("record: more than %d times --trigger", RECORD_TRIGGERS_MAX);
	else
		f->expressions[f->count++] = text;
	return f->count <= RECORD_TRIGGERS_MAX;
}

bool record_flight_dumps(struct record_flight *f, const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	f->max_dumps = n && n <= MOST_DUMPS ? (unsigned int)n : 0;
	if (f->max_dumps && *text != '-' && *text != '+' && !*end)
		return true;
	ut_warn("--max-dumps %s: how many traces are kept, a number from 1 to %d", text,
		MOST_DUMPS);
	return false;
}

/* Without a trigger: when the command fails, whatever it dies of. */
static bool resolve_triggers(struct record_flight *f)
{
	struct rd_api *api = api_file_read();
	char why[256];
	bool good = true;

	if (!api)
		return false;
	if (!f->count)
		good = col_triggers_add(&f->triggers, api, "signal,failure", why, sizeof(why));
	for (unsigned int i = 0; good && i < f->count; i++)
		good = col_triggers_add(&f->triggers, api, f->expressions[i], why, sizeof(why));
	rd_api_free(api);
	if (!good)
		ut_warn("record: --trigger %s", why);
	return good;
}

bool record_flight_resolve(struct record_flight *f, struct col_settings *settings)
{
	if (!f->wanted && (f->count || f->max_dumps)) {
		ut_warn("record: %s belongs to --flight", f->count ? "--trigger" : "--max-dumps");
		return false;
	}
	if (!f->wanted)
		return true;
	if (settings->overflow == CTR_OVERFLOW_OVERWRITE) {
		ut_warn("record: --flight keeps what is newest by itself: not with --overflow "
			"overwrite");
		return false;
	}
	if (!f->max_dumps)
		f->max_dumps = DEFAULT_DUMPS;
	if (!resolve_triggers(f))
		return false;
	settings->triggers = &f->triggers;
	settings->flight_ns = f->keep_ns;
	return true;
}
