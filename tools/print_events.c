/* SPDX-License-Identifier: Apache-2.0 */
/* One line an event, in the manner of strace. */
#include "print.h"

#include <stdio.h>
#include <stdlib.h>

#include "show.h"

static const struct print_colours no_colours = { "", "", "", "", "" };
static const struct print_colours ansi_colours = { "\033[1m", "\033[31m", "\033[33m", "\033[2m",
						   "\033[0m" };

/* ---- calls --------------------------------------------------------------------------------- */

static void print_status(struct printer *p, const struct ct_event *event)
{
	const char *colour = event->flags & CT_EVENT_FAILED     ? p->colours->failed
			     : event->flags & CT_EVENT_EXPECTED ? p->colours->expected
								: "";

	wr_text_literal(&p->text, " = ");
	PRINT_TEXT(p, colour);
	if (!event->result_name) {
		wr_text_i64(&p->text, event->result);
	} else {
		show_into(&p->text, event->result_name);
		if (event->result) {
			wr_text_literal(&p->text, " (");
			wr_text_i64(&p->text, event->result);
			wr_text_char(&p->text, ')');
		}
	}
	PRINT_TEXT(p, *colour ? p->colours->end : "");
}

/* As strace has it. */
static void print_interference(struct printer *p, const struct ct_event *event)
{
	if (event->flags & CT_EVENT_INJECTED)
		wr_text_literal(&p->text, " (INJECTED)");
	if (event->flags & CT_EVENT_DELAYED)
		wr_text_literal(&p->text, " (DELAYED)");
}

/* Void functions have none, and functions that return a pointer show it as an argument. */
static void print_result(struct printer *p, const struct ct_event *event)
{
	if (event->flags & CT_EVENT_IN_FLIGHT) {
		wr_text_literal(&p->text, " = ");
		PRINT_TEXT(p, p->colours->expected);
		wr_text_literal(&p->text, "<unfinished ...>");
		PRINT_TEXT(p, p->colours->end);
	} else if (!strcmp(event->result_kind, "status")) {
		print_status(p, event);
	} else if (!strcmp(event->result_kind, "int")) {
		wr_text_literal(&p->text, " = ");
		wr_text_i64(&p->text, event->result);
	} else if (!strcmp(event->result_kind, "uint")) {
		wr_text_literal(&p->text, " = ");
		wr_text_u64(&p->text, (uint32_t)event->result);
	}
}

static void print_offset(struct printer *p, uint64_t offset)
{
	wr_text_char(&p->text, '+');
	wr_text_hex(&p->text, offset);
}

/* The file's name without its folder: the folder is in info, and long. */
static void print_caller(struct printer *p, const struct ct_event *event)
{
	wr_text_literal(&p->text, " [");
	if (event->caller_module) {
		show_into(&p->text, show_basename(event->caller_module));
		print_offset(p, event->caller_offset);
	} else {
		wr_text_hex(&p->text, event->caller);
	}
	if (event->caller_function) {
		wr_text_char(&p->text, ' ');
		show_into(&p->text, event->caller_function);
		print_offset(p, event->caller_function_offset);
	}
	wr_text_char(&p->text, ']');
}

/* As strace -k shows them: innermost first, " > module(function+offset) [offset in the module]". */
static void print_stack(struct printer *p, uint32_t number)
{
	while (number && number <= p->header->nframes) {
		const struct ct_frame *frame = &p->header->frames[number - 1];

		wr_text_literal(&p->text, " > ");
		show_into(&p->text, frame->module ? frame->module : "");
		wr_text_char(&p->text, '(');
		if (frame->function) {
			show_into(&p->text, frame->function);
			print_offset(p, frame->function_offset);
		}
		wr_text_literal(&p->text, ") [");
		wr_text_hex(&p->text, frame->module ? frame->offset : frame->address);
		wr_text_literal(&p->text, "]\n");
		number = frame->parent;
	}
}

/*
 * The name is the one that was called, twin or not: that is what the program did. Behind it the
 * version of CUDA, if the program called an older one's.
 */
static void print_call(struct printer *p, const struct ct_event *event)
{
	PRINT_TEXT(p, p->colours->name);
	show_into(&p->text, event->entry);
	if (event->abi) {
		wr_text_char(&p->text, '@');
		wr_text_u64(&p->text, event->abi);
	}
	PRINT_TEXT(p, p->colours->end);
	wr_text_char(&p->text, '(');
	print_arguments(p, event);
	wr_text_char(&p->text, ')');
	print_result(p, event);
	print_interference(p, event);
	wr_text_char(&p->text, ' ');
	PRINT_TEXT(p, p->colours->faint);
	wr_text_char(&p->text, '<');
	print_seconds(p, event->end_ns - event->start_ns, 0);
	wr_text_char(&p->text, '>');
	PRINT_TEXT(p, p->colours->end);
	if (p->options.caller && (event->caller || event->caller_module))
		print_caller(p, event);
}

/* ---- other events -------------------------------------------------------------------------- */

static void print_cause(struct printer *p, uint64_t lost, const char *cause, bool *first)
{
	if (!lost)
		return;
	if (!*first)
		wr_text_literal(&p->text, ", ");
	*first = false;
	wr_text_u64(&p->text, lost);
	wr_text_literal(&p->text, ": ");
	show_into(&p->text, *cause ? cause : "?");
}

/* Where calls are missing must not be overlooked. */
static void print_loss(struct printer *p, const struct ct_event *event)
{
	bool first = true;

	PRINT_TEXT(p, p->colours->failed);
	wr_text_literal(&p->text, "--- ");
	wr_text_u64(&p->text, event->lost_full + event->lost_reentered + event->lost_other);
	wr_text_literal(&p->text, " calls lost (");
	print_cause(p, event->lost_full, "no room in the ring", &first);
	print_cause(p, event->lost_reentered, "in a signal handler", &first);
	print_cause(p, event->lost_other, event->lost_cause, &first);
	wr_text_literal(&p->text, ") ---");
	PRINT_TEXT(p, p->colours->end);
}

static void print_line(struct printer *p, const struct ct_event *event)
{
	PRINT_TEXT(p, p->colours->faint);
	print_time(p, event->start_ns);
	wr_text_u64(&p->text, event->pid);
	wr_text_char(&p->text, '/');
	wr_text_u64(&p->text, event->tid);
	PRINT_TEXT(p, p->colours->end);
	wr_text_char(&p->text, ' ');
	switch (event->type) {
	case CT_EVENT_CALL:
		print_call(p, event);
		break;
	case CT_EVENT_LOSS:
		print_loss(p, event);
		break;
	case CT_EVENT_THREAD:
		wr_text_literal(&p->text, "--- thread ");
		show_quoted_into(&p->text, event->thread_name);
		wr_text_literal(&p->text, " ---");
		break;
	}
	wr_text_char(&p->text, '\n');
	if (p->options.stacks)
		print_stack(p, event->stack);
}

/* ---- the printer --------------------------------------------------------------------------- */

void printer_begin(struct printer *p, struct rd_trace *trace, const struct print_options *options)
{
	p->options = *options;
	p->colours = show_colours() ? &ansi_colours : &no_colours;
	/* Colours that are not there are no reason to ask whether there is any room. */
	wr_text_room(&p->text, 1);
	if (!options->raw) {
		p->state = an_state_new();
		p->types = print_types_new(trace);
	}
	printer_continue(p, trace);
}

void printer_continue(struct printer *p, struct rd_trace *trace)
{
	unsigned int want = RD_WANT_ARGS | RD_WANT_LABELS;

	p->header = rd_header(trace);
	if (!p->origin_ns)
		p->origin_ns = p->header->start_realtime_ns;
	/* Pointers of another trace's texts stand for nothing. */
	memset(p->handles, 0, sizeof(p->handles));
	rd_want(trace, p->options.caller ? want | RD_WANT_CALLER : want);
}

/*
 * Every event changes what is live, shown or not. What pointers point into is looked up as it was
 * before the call, for what it has freed, and after it, for what it has made; streams have their
 * names only after it.
 */
static bool take_event(struct printer *p, struct ct_event *event, struct select_calls *select)
{
	bool selected = select->stream || select_event(select, event, p->state);
	bool is_object;
	struct an_effect effect;
	struct an_change change;

	if (p->types)
		print_types_apply(p->types, event);
	an_effect_of(event, &effect);
	if (selected)
		print_places_before(p, event, &effect);
	an_state_apply(p->state, event, &effect, &change);
	is_object = effect.kind == AN_EFFECT_CREATE || effect.kind == AN_EFFECT_DESTROY;
	if (is_object)
		print_forget_handle(p, effect.handle);
	if (select->stream)
		selected = select_event(select, event, p->state);
	if (selected) {
		print_places_after(p, event, &effect, &change);
		print_line(p, event);
	}
	if (is_object)
		print_forget_handle(p, effect.handle);
	return selected;
}

bool printer_event(struct printer *p, struct ct_event *event, struct select_calls *select)
{
	if (!p->origin_ns)
		p->origin_ns = event->start_ns;
	if (p->state && event->type == CT_EVENT_CALL)
		return take_event(p, event, select);
	if (!select_event(select, event, p->state))
		return false;
	print_line(p, event);
	return true;
}

bool printer_flush(struct printer *p, bool always)
{
	if (!p->text.used || (!always && p->text.used < 1 << 16))
		return true;
	fwrite(p->text.data, 1, p->text.used, stdout);
	p->text.used = 0;
	return !ferror(stdout) && (!always || !fflush(stdout));
}

void printer_end(struct printer *p)
{
	printer_flush(p, true);
	wr_text_free(&p->text);
	an_state_free(p->state);
	print_types_free(p->types);
}
