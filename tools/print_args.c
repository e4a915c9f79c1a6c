/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments: names where there are names, else numbers as they are usually written. */
#include "print.h"

#include "show.h"

/* Reads like an enumerator or a set of flags: shown bare, as from a native trace. */
static bool is_word(const char *text)
{
	return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					   "0123456789_|")];
}

/* A JSON trace does not tell an enumerator from a string: quotes where it matters. */
static void print_string(struct printer *p, const struct ct_arg *arg)
{
	const char *text = arg->text ? arg->text : "";

	if (arg->kind != CT_KIND_STR && is_word(text))
		PRINT_TEXT(p, text);
	else
		show_quoted_into(&p->text, text);
	if (arg->truncated)
		wr_text_literal(&p->text, "...");
}

static void print_dim3(struct printer *p, const uint32_t xyz[3])
{
	for (int i = 0; i < 3; i++) {
		wr_text_char(&p->text, i ? ',' : '{');
		wr_text_u64(&p->text, xyz[i]);
	}
	wr_text_char(&p->text, '}');
}

/* An address, with its name if the trace has one, and what it points into. */
static void print_pointer(struct printer *p, const struct ct_arg *arg,
			  const struct print_place *place)
{
	wr_text_hex(&p->text, arg->value.u);
	if (arg->label) {
		wr_text_literal(&p->text, " <");
		show_into(&p->text, arg->label);
		wr_text_char(&p->text, '>');
	}
	if (p->state)
		print_place(p, place);
}

static void print_known(struct printer *p, const struct ct_event *event, const struct ct_arg *arg,
			const struct print_place *place)
{
	switch (arg->kind) {
	case CT_KIND_INT:
	case CT_KIND_ENUM:
		if (arg->label)
			show_into(&p->text, arg->label);
		else
			wr_text_i64(&p->text, arg->value.i);
		break;
	case CT_KIND_UINT:
	case CT_KIND_SIZE:
		wr_text_u64(&p->text, arg->value.u);
		break;
	case CT_KIND_FLAGS:
		show_into(&p->text, arg->label ? arg->label : "0");
		break;
	case CT_KIND_KERNEL:
		if (arg->label)
			show_quoted_into(&p->text, arg->label);
		else
			wr_text_hex(&p->text, arg->value.u);
		break;
	case CT_KIND_DIM3:
		print_dim3(p, arg->value.xyz);
		break;
	case CT_KIND_FLOAT:
		wr_text_float(&p->text, arg->value.f);
		break;
	case CT_KIND_STR:
	case CT_KIND_BYTES:
	case CT_KIND_TEXT:
		print_string(p, arg);
		break;
	case CT_KIND_HANDLE:
		if (p->state && *arg->type)
			print_handle(p, event->process, arg->type, arg->value.u);
		else
			print_pointer(p, arg, place);
		break;
	default:
		print_pointer(p, arg, place);
	}
}

/* In the parentheses of one argument, as many as there are. */
static void print_kernel_args(struct printer *p, const struct ct_event *event, unsigned int i)
{
	wr_text_literal(&p->text, CT_KERNEL_ARGS "=(");
	for (unsigned int first = i; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (i > first)
			wr_text_literal(&p->text, ", ");
		if (strcmp(arg->name, CT_KERNEL_ARGS_CUT)) {
			print_known(p, event, arg, &p->places[i]);
		} else {
			wr_text_literal(&p->text, "... ");
			print_known(p, event, arg, &p->places[i]);
			wr_text_literal(&p->text, " cut");
		}
	}
	wr_text_char(&p->text, ')');
}

/* @: the address where the value would have been written, had the call succeeded. */
void print_arguments(struct printer *p, const struct ct_event *event)
{
	for (unsigned int i = 0; i < event->nargs; i++) {
		const struct ct_arg *arg = &event->args[i];

		if (i)
			wr_text_literal(&p->text, ", ");
		if (ct_is_kernel_arg(arg)) {
			print_kernel_args(p, event, i);
			return;
		}
		show_into(&p->text, arg->name);
		wr_text_char(&p->text, '=');
		if (arg->known) {
			print_known(p, event, arg, &p->places[i]);
		} else if (arg->value.u) {
			wr_text_char(&p->text, '@');
			wr_text_hex(&p->text, arg->value.u);
		} else {
			wr_text_char(&p->text, '?');
		}
	}
}
