/* SPDX-License-Identifier: Apache-2.0 */
/* See runner.h. */
#include "unit/record/runner.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char base[] = "/dev/shm/curtrace-suite.XXXXXX";

static void remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char inner[1024];

	while (dir && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
		if (unlink(inner) < 0)
			remove_tree(inner);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void suite_add(Suite *s, const char *name, const TTest *test)
{
	TCase *tc = tcase_create(name);

	tcase_add_test(tc, test);
	suite_add_tcase(s, tc);
}

int main(void)
{
	SRunner *runner = srunner_create(test_suite());
	int failed;

	/* Tests run in children: their sessions lie below one folder of ours, for a clean end. */
	if (!mkdtemp(base)) {
		perror(base);
		return 77;
	}
	setenv("FIXTURE_BASE", base, 1);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	remove_tree(base);
	return failed ? 1 : 0;
}
