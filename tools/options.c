/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines from a table. */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util/message.h"
#include "util/similar.h"
#include "util/xalloc.h"

/* One line that names the command, for the message may come out of a script. */
static int bad(const struct cmd_args *args, const char *what, const char *option, int length)
{
	ut_warn("%s: %s: %.*s (see `curtrace help %s')", args->argv[0], what, length, option,
		args->argv[0]);
	return CMD_ARGS_BAD;
}

/* A slip of the fingers in a name is answered with the name that was meant. */
static int unknown_name(const struct cmd_args *args, const char *word, size_t length)
{
	const struct cmd_option *option = args->options;
	char *name = ut_xstrdup(word + 2);
	struct ut_similar similar = { .word = name };

	name[length - 2] = '\0';
	for (; option->id; option++)
		ut_similar_offer(&similar, option->name);
	if (similar.best)
		ut_warn("%s: unknown option: --%s (did you mean --%s?)", args->argv[0], name,
			similar.best);
	else
		bad(args, "unknown option", word, (int)length);
	free(name);
	return CMD_ARGS_BAD;
}

/* The value is what follows, or the next word. */
static int take_value(struct cmd_args *args, const struct cmd_option *option, char *rest,
		      const char *shown)
{
	args->value = rest;
	if (!rest && args->next < args->argc)
		args->value = args->argv[args->next++];
	if (!args->value)
		return bad(args, "a value is missing behind", shown, (int)strlen(shown));
	return option->id;
}

/* The rest of the word is the value of a letter that takes one, else more letters. */
static int next_letter(struct cmd_args *args)
{
	const struct cmd_option *option = args->options;
	char shown[3] = { '-', *args->bundle++, '\0' };
	char *rest = *args->bundle ? args->bundle : NULL;

	while (option->id && option->id != (unsigned char)shown[1])
		option++;
	if (!option->id)
		return bad(args, "unknown option", shown, 2);
	if (!option->has_value)
		return option->id;
	args->bundle = NULL;
	return take_value(args, option, rest, shown);
}

/* Names are not to be shortened: what is unique today may not be tomorrow. */
static int next_name(struct cmd_args *args, char *word)
{
	const struct cmd_option *option = args->options;
	char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);

	while (option->id &&
	       (strlen(option->name) != length - 2 || strncmp(option->name, word + 2, length - 2)))
		option++;
	if (!option->id)
		return unknown_name(args, word, length);
	if (option->has_value && (equals || option->has_value != CMD_MAY_HAVE_VALUE))
		return take_value(args, option, equals ? equals + 1 : NULL, word);
	if (equals)
		return bad(args, "takes no value", word, (int)length);
	return option->id;
}

/* A lone dash is an operand, as everywhere. */
int cmd_args_next(struct cmd_args *args)
{
	char *word;

	if (!args->next)
		args->next = 1;
	args->value = NULL;
	if (args->bundle && *args->bundle)
		return next_letter(args);
	if (args->next >= args->argc)
		return CMD_ARGS_END;
	word = args->argv[args->next];
	if (!args->only_operands && !strcmp(word, "--")) {
		args->only_operands = true;
		args->next++;
		return args->stop_at_operand ? CMD_ARGS_END : cmd_args_next(args);
	}
	if (args->only_operands || word[0] != '-' || !word[1]) {
		if (args->stop_at_operand)
			return CMD_ARGS_END;
		args->value = word;
		args->next++;
		return CMD_ARGS_OPERAND;
	}
	args->next++;
	if (word[1] == '-')
		return next_name(args, word);
	args->bundle = word + 1;
	return next_letter(args);
}

/* strtoull alone would take blanks and signs, and turn -1 into a huge number. */
bool cmd_number(const struct cmd_args *args, const char *option, unsigned long long limit,
		unsigned long long *number)
{
	char *end = args->value;

	errno = 0;
	if (isdigit((unsigned char)*args->value))
		*number = strtoull(args->value, &end, 10);
	if (end != args->value && !*end && !errno && *number <= limit)
		return true;
	ut_warn("%s: %s takes a whole number from 0 to %llu, not `%s'", args->argv[0], option,
		limit, args->value);
	return false;
}
