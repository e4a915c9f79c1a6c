/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of command lines from the commands' tables. */
#include "complete.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "options.h"

static void offer(const char *candidate, const char *begun)
{
	if (!strncmp(candidate, begun, strlen(begun)))
		puts(candidate);
}

static void offer_commands(const char *begun)
{
	for (size_t i = 0; cmd_all[i]; i++)
		offer(cmd_all[i]->name, begun);
	offer("help", begun);
	offer("--help", begun);
	offer("--version", begun);
}

static void offer_options(const struct cmd *command, const char *begun)
{
	const struct cmd_option *option = command->options;
	char name[64];

	/* Some have it in their table, for its letter. */
	for (; option && option->id; option++) {
		if (!strcmp(option->name, "help"))
			continue;
		snprintf(name, sizeof(name), "--%s", option->name);
		offer(name, begun);
	}
	offer("--help", begun);
	if (command->operand == CMD_TRACE)
		offer("--", begun);
}

/* Values that are not a few words are mostly files. */
static void offer_values(const struct cmd *command, const struct cmd_option *option,
			 const char *begun)
{
	const struct cmd_words *words = command->words;
	char list[256], *word, *rest = list;

	while (words && words->option && strcmp(words->option, option->name) != 0)
		words++;
	if (!words || !words->option) {
		puts(":files");
		return;
	}
	snprintf(list, sizeof(list), "%s", words->words);
	while ((word = strsep(&rest, " ")))
		offer(word, begun);
}

/* The option of a word that begins with a dash: by its name, or the last letter of a bundle. */
static const struct cmd_option *option_of(const struct cmd *command, const char *word)
{
	const struct cmd_option *option = command->options;
	const char *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);

	for (; option && option->id; option++) {
		if (word[1] == '-' && strlen(option->name) == length - 2 &&
		    !strncmp(option->name, word + 2, length - 2))
			return option;
		if (word[1] != '-' && option->id == (unsigned char)word[length - 1])
			return option;
	}
	return NULL;
}

/* Whether the word behind `word` is its value. */
static const struct cmd_option *wants_value(const struct cmd *command, const char *word)
{
	const struct cmd_option *option = option_of(command, word);

	return option && option->has_value == true && !strchr(word, '=') ? option : NULL;
}

/* Where the program begins that stands in the command line; 0: there is none. */
static int find_program(const struct cmd *command, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		bool last = i == argc - 1;

		if (!strcmp(argv[i], "--") && !last)
			return i + 1;
		if (*argv[i] == '-') {
			i += !last && wants_value(command, argv[i]) != NULL;
			continue;
		}
		if (command->operand == CMD_PROGRAM)
			return i;
	}
	return 0;
}

static void offer_operand(const struct cmd *command)
{
	if (command->operand == CMD_FOLDER)
		puts(":folders");
	else if (command->operand == CMD_TRACE)
		puts(":files");
}

static void complete_command(const struct cmd *command, int argc, char **argv)
{
	const char *begun = argv[argc - 1], *equals = strchr(begun, '=');
	int program = find_program(command, argc, argv);
	const struct cmd_option *option = NULL;

	if (program) {
		printf(":program %d\n", program);
		return;
	}
	if (argc > 2 && *argv[argc - 2] == '-')
		option = wants_value(command, argv[argc - 2]);
	if (option)
		offer_values(command, option, begun);
	else if (!strncmp(begun, "--", 2) && equals && (option = option_of(command, begun)))
		offer_values(command, option, equals + 1);
	else if (*begun == '-')
		offer_options(command, begun);
	else
		offer_operand(command);
}

int complete(int argc, char **argv)
{
	const struct cmd *command;

	if (argc < 1)
		return CMD_ERROR;
	if (argc == 1) {
		offer_commands(argv[0]);
		return CMD_OK;
	}
	command = cmd_find(argv[0]);
	if (command)
		complete_command(command, argc, argv);
	else if (!strcmp(argv[0], "help") && argc == 2)
		offer_commands(argv[1]);
	return CMD_OK;
}
