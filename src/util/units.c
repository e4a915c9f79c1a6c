/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as people read them. */
#include "util/units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *ut_units_count(char text[UT_UNITS_MAX], uint64_t count)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, count), at = 0;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = '\0';
	return text;
}

/* Three digits, rounded: what would become 1000 is the next unit's. */
static void three_digits(char text[UT_UNITS_MAX], double value, const char *unit)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(text, UT_UNITS_MAX, "%.*f %s", decimals, value, unit);
}

/* The largest unit that `value` has at least one of. */
static char *scaled(char text[UT_UNITS_MAX], double value, double step, const char *const *units,
		    unsigned int nunits)
{
	unsigned int i = 0;

	while (i + 1 < nunits && value >= (step > 1000 ? 1023.5 : 999.5)) {
		value /= step;
		i++;
	}
	if (!i)
		snprintf(text, UT_UNITS_MAX, "%.0f %s", value, units[0]);
	else
		three_digits(text, value, units[i]);
	return text;
}

char *ut_units_time(char text[UT_UNITS_MAX], uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	uint64_t seconds = ns / 1000000000;

	if (seconds >= 3600)
		snprintf(text, UT_UNITS_MAX, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600,
			 seconds / 60 % 60);
	else if (seconds >= 100)
		snprintf(text, UT_UNITS_MAX, "%" PRIu64 " min %" PRIu64 " s", seconds / 60,
			 seconds % 60);
	else
		scaled(text, (double)ns, 1000, units, 4);
	return text;
}

char *ut_units_bytes(char text[UT_UNITS_MAX], uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };

	return scaled(text, (double)bytes, 1024, units, 7);
}

char *ut_units_rate(char text[UT_UNITS_MAX], uint64_t bytes, uint64_t ns)
{
	static const char *const units[] = { "B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s" };

	if (!ns)
		return strcpy(text, "-");
	return scaled(text, (double)bytes * 1e9 / (double)ns, 1000, units, 6);
}

char *ut_units_share(char text[UT_UNITS_MAX], uint64_t part, uint64_t whole)
{
	double percent = whole ? 100.0 * (double)part / (double)whole : 0;

	if (!part)
		return strcpy(text, "0%");
	if (percent < 0.05)
		return strcpy(text, "<0.1%");
	snprintf(text, UT_UNITS_MAX, "%.*f%%", percent < 99.95 ? 1 : 0, percent);
	return text;
}
