/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names [LIBRARY] <NAMES: which function does the loader give for a name? Each line of NAMES is
 * name@node, as gen-api names writes them, sorted; without a LIBRARY the preloaded one is asked.
 */
#define _GNU_SOURCE /* dlvsym, RTLD_DEFAULT */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES      3
#define NODE(name) "libcudart.so." name

static const char *const nodes[NODES] = { NODE("11.0"), NODE("12"), NODE("13") };
static unsigned int checks, failures;

static void check(bool ok, const char *name, const char *what, const char *node)
{
	checks++;
	if (ok)
		return;
	failures++;
	printf("FAIL: %s %s%s\n", name, what, node);
}

/* Every version has an entry of its own, and without a version the newest one is found. */
static void check_name(void *library, const char *name, const bool *has)
{
	void *found[NODES], *newest = NULL;

	for (int i = 0; i < NODES; i++) {
		found[i] = dlvsym(library, name, nodes[i]);
		check((found[i] != NULL) == has[i], name,
		      has[i] ? "is not found under " : "is found under ", nodes[i]);
		for (int j = 0; j < i; j++)
			check(found[i] == NULL || found[i] != found[j], name, "is one for ",
			      nodes[i]);
		if (found[i] != NULL)
			newest = found[i];
	}
	check(newest != NULL && dlsym(library, name) == newest, name, "is not the newest of ",
	      "its forms");
	check(dlvsym(library, name, NODE("10.2")) == NULL, name, "is found under ", NODE("10.2"));
}

/* Sorted by name and node: 11.0, 12, 13. */
int main(int argc, char **argv)
{
	void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : RTLD_DEFAULT;
	char line[256], name[256] = "";
	bool has[NODES] = { false };
	unsigned int names = 0;

	if (argc > 1 && library == NULL) {
		printf("BROKEN: %s\n", dlerror());
		return 99;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char *node = strchr(line, '@');

		if (node == NULL)
			return 99;
		*node++ = '\0';
		node[strcspn(node, "\n")] = '\0';
		if (strcmp(line, name) != 0) {
			if (name[0] != '\0')
				check_name(library, name, has);
			memset(has, 0, sizeof(has));
			strcpy(name, line);
			names++;
		}
		for (int i = 0; i < NODES; i++)
			has[i] |= strcmp(node, nodes[i]) == 0;
	}
	if (name[0] != '\0')
		check_name(library, name, has);
	if (names == 0)
		return 99;
	printf("%u names\n", names);
	printf("%u%%: Checks: %u, Failures: %u, Errors: 0\n", 100 * (checks - failures) / checks,
	       checks, failures);
	return failures != 0;
}
