/* SPDX-License-Identifier: Apache-2.0 */
#include "hook/settings.h"

#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Longer variables than ours can be are cut off. */
#define MOST 128

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (; *list; list += *list == ',') {
		size_t n = strcspn(list, ",");

		if (n == length && memcmp(list, word, n) == 0)
			return true;
		list += n;
	}
	return false;
}

static void take(struct hook_settings *settings, const char *variable)
{
	static const char runtimes[] = "CURTRACE_STATIC=", layers[] = "CURTRACE_LAYERS=";

	if (strncmp(variable, runtimes, sizeof(runtimes) - 1) == 0) {
		settings->static_runtimes = strcmp(variable + sizeof(runtimes) - 1, "on") == 0;
	} else if (strncmp(variable, layers, sizeof(layers) - 1) == 0) {
		settings->driver = has_word(variable + sizeof(layers) - 1, "driver");
		settings->internal = has_word(variable + sizeof(layers) - 1, "internal");
	}
}

static void read_environment(struct hook_settings *settings)
{
	char text[4096], variable[MOST + 1];
	size_t length = 0;
	ssize_t n;
	int fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	while ((n = read(fd, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (text[i] != '\0') {
				if (length < MOST)
					variable[length] = text[i];
				length++;
				continue;
			}
			variable[length < MOST ? length : MOST] = '\0';
			take(settings, variable);
			length = 0;
		}
	}
	close(fd);
}

/* The first to ask is the only thread: the loader before the program, or our constructor. */
const struct hook_settings *hook_settings(void)
{
	static struct hook_settings settings;
	static bool known;

	if (!known) {
		known = true;
		if (!getauxval(AT_SECURE))
			read_environment(&settings);
	}
	return &settings;
}
