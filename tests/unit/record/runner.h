/* SPDX-License-Identifier: Apache-2.0 */
/* The main of the recorder's suites: runner.c runs what test_suite gives. */
#ifndef RECORD_RUNNER_H
#define RECORD_RUNNER_H

#include <check.h>

#include "unit/record/fixture.h"

Suite *test_suite(void);

/* Adds a test under its own name; the session folder it made is removed after it, passed or not. */
void suite_add(Suite *s, const char *name, const TTest *test);
#define suite_test(s, test) suite_add(s, #test, test)

#endif
