/* SPDX-License-Identifier: Apache-2.0 */
/* Progress on a terminal. */
#include "util/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "util/units.h"

#define FIRST_NS    1000000000u
#define INTERVAL_NS 200000000u
#define LINE        160

uint64_t ut_progress_done;

static struct {
	const char *what;
	uint64_t total;
	uint64_t began_ns, next_ns;
	bool quiet;
	bool is_on;
	bool is_shown;
} progress;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void ut_progress_quiet(void)
{
	progress.quiet = true;
}

void ut_progress_begin(const char *what, uint64_t total)
{
	ut_progress_done = 0;
	progress.what = what;
	progress.total = total;
	progress.is_on = !progress.quiet && isatty(STDERR_FILENO);
	progress.began_ns = now_ns();
	progress.next_ns = progress.began_ns + FIRST_NS;
}

/* "what: 34%, 1,234,567 events, 2.3 million/s, 12 s left"; the total is an estimate at times. */
void ut_progress_line(char *line, unsigned int size, const char *what, uint64_t done,
		      uint64_t total, uint64_t ns)
{
	double rate = ns ? (double)done * 1e9 / (double)ns : 0;
	char count[UT_UNITS_MAX], left[UT_UNITS_MAX], speed[UT_UNITS_MAX], share[24] = "";
	char rest[UT_UNITS_MAX + 16] = "";

	if (total && done <= total) {
		snprintf(share, sizeof(share), "%.0f%%, ", 100.0 * (double)done / (double)total);
		/* Whole seconds: nobody reads more while they run away. */
		if (rate > 0)
			snprintf(rest, sizeof(rest), ", %s left",
				 ut_units_time(left, (uint64_t)((double)(total - done) / rate + 1) *
							     1000000000));
	}
	if (rate < 1e6)
		snprintf(speed, sizeof(speed), "%.0f thousand/s", rate / 1e3);
	else
		snprintf(speed, sizeof(speed), "%.1f million/s", rate / 1e6);
	snprintf(line, size, "%s: %s%s events, %s%s", what, share, ut_units_count(count, done),
		 speed, rest);
}

/* A line that is broken by the terminal could not be written over. */
static unsigned int columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2 || size.ws_col > LINE)
		return 79;
	return size.ws_col - 1u;
}

void ut_progress_show(void)
{
	char line[LINE];
	uint64_t now;

	if (!progress.is_on || (now = now_ns()) < progress.next_ns)
		return;
	progress.next_ns = now + INTERVAL_NS;
	ut_progress_line(line, columns() + 1, progress.what, ut_progress_done, progress.total,
			 now - progress.began_ns);
	fprintf(stderr, "\r%s\033[K", line);
	progress.is_shown = true;
}

void ut_progress_end(void)
{
	if (progress.is_shown)
		fputs("\r\033[K", stderr);
	progress.is_shown = false;
	progress.is_on = false;
}
