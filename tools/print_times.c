/* SPDX-License-Identifier: Apache-2.0 */
/* When a call was made, in the forms that strace has as -r, -tt and -ttt. */
#include "print.h"

#include <time.h>

#define NS_PER_S 1000000000ull

void print_seconds(struct printer *p, uint64_t ns, size_t width)
{
	char digits[UT_FORMAT_MAX];
	size_t length = ut_format_s(digits, (int64_t)ns);

	while (width-- > length)
		wr_text_char(&p->text, ' ');
	wr_text_raw(&p->text, digits, length);
}

/* The zone's rules are asked once a second of the trace, not once a line. */
static void print_clock(struct printer *p, uint64_t ns)
{
	uint64_t second = ns / NS_PER_S, rest = ns % NS_PER_S;
	char decimals[10] = ".";
	struct tm tm;
	time_t when = (time_t)second;

	if (second != p->second || !*p->clock) {
		p->second = second;
		if (!localtime_r(&when, &tm) ||
		    !strftime(p->clock, sizeof(p->clock), "%H:%M:%S", &tm))
			strcpy(p->clock, "??:??:??");
	}
	PRINT_TEXT(p, p->clock);
	for (int i = 9; i > 0; i--, rest /= 10)
		decimals[i] = (char)('0' + rest % 10);
	wr_text_raw(&p->text, decimals, sizeof(decimals));
}

void print_time(struct printer *p, uint64_t start_ns)
{
	switch (p->options.time) {
	case PRINT_SINCE_START:
		print_seconds(p, start_ns - p->origin_ns, 13);
		break;
	case PRINT_SINCE_LINE:
		print_seconds(p, p->before_ns ? start_ns - p->before_ns : 0, 13);
		p->before_ns = start_ns;
		break;
	case PRINT_CLOCK:
		print_clock(p, start_ns);
		break;
	case PRINT_EPOCH:
		print_seconds(p, start_ns, 0);
		break;
	case PRINT_NO_TIME:
		return;
	}
	wr_text_char(&p->text, ' ');
}
