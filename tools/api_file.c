/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding and reading the installed `api` text.
 */
#include "api_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "install.h"
#include "util/message.h"
#include "util/xalloc.h"

#define MAX_TEXT ((size_t)16 << 20)

/* Far more than the text is long, so that a wrong file cannot exhaust memory. */
static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t capacity = 0;

	*length = 0;
	while (file && !feof(file) && !ferror(file) && *length < MAX_TEXT) {
		if (*length == capacity) {
			capacity = capacity ? capacity * 2 : 65536;
			text = ut_xrealloc(text, capacity);
		}
		*length += fread(text + *length, 1, capacity - *length, file);
	}
	if (!file || ferror(file)) {
		ut_warn("%s: cannot be read: %s", path, strerror(errno));
		free(text);
		text = NULL;
	}
	if (file)
		fclose(file);
	return text;
}

struct rd_api *api_file_read(void)
{
	const char *folder = install_libdir();
	char *path = install_find(INSTALL_API), *text;
	struct rd_api *api = NULL;
	size_t length;

	if (!path) {
		ut_warn("%s was not found in %s", INSTALL_API,
			folder ? folder : "an unknown place");
		return NULL;
	}
	text = read_file(path, &length);
	if (text) {
		api = rd_api_parse(text, length);
		if (!api)
			ut_warn("%s: is not a description of functions (at offset 0)", path);
	}
	free(text);
	free(path);
	return api;
}
