/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines. */
#include <string.h>

#include "options.h"
#include "unit/reader/fixture.h"

enum {
	OPTION_SIM = CMD_LONG
};

static const struct cmd_option options[] = {
	{ 'o', "output", true },
	{ 'v', "verbose", false },
	{ OPTION_SIM, "sim", false },
	{ 0 },
};

static char *words[16];
static struct cmd_args args;

static void begin(const char *a, const char *b, const char *c, const char *d)
{
	words[0] = (char *)"cmd";
	words[1] = (char *)a;
	words[2] = (char *)b;
	words[3] = (char *)c;
	words[4] = (char *)d;
	args = (struct cmd_args){ .argv = words, .options = options };
	while (words[args.argc])
		args.argc++;
}

static void expect(int which, const char *value)
{
	ck_assert_int_eq(cmd_args_next(&args), which);
	if (value)
		ck_assert_str_eq(args.value, value);
	else
		ck_assert_ptr_null(args.value);
}

START_TEST(a_value_follows_in_every_form)
{
	begin("-o", "a", "-ob", NULL);
	expect('o', "a");
	expect('o', "b");
	expect(CMD_ARGS_END, NULL);
	begin("--output", "c", "--output=d=e", "--output=");
	expect('o', "c");
	expect('o', "d=e");
	expect('o', "");
	expect(CMD_ARGS_END, NULL);
}
END_TEST

START_TEST(letters_may_stand_together)
{
	begin("-vvo", "a", "--sim", NULL);
	expect('v', NULL);
	expect('v', NULL);
	expect('o', "a");
	expect(OPTION_SIM, NULL);
	expect(CMD_ARGS_END, NULL);
}
END_TEST

START_TEST(operands_may_stand_between_options)
{
	begin("file", "-v", "-", "--");
	expect(CMD_ARGS_OPERAND, "file");
	expect('v', NULL);
	expect(CMD_ARGS_OPERAND, "-");
	expect(CMD_ARGS_END, NULL);
}
END_TEST

START_TEST(behind_two_dashes_everything_is_an_operand)
{
	begin("--", "-v", "--", NULL);
	expect(CMD_ARGS_OPERAND, "-v");
	expect(CMD_ARGS_OPERAND, "--");
	expect(CMD_ARGS_END, NULL);
}
END_TEST

START_TEST(a_command_to_run_keeps_its_own_options)
{
	begin("-v", "./app", "-v", "--sim");
	args.stop_at_operand = true;
	expect('v', NULL);
	expect(CMD_ARGS_END, NULL);
	ck_assert_int_eq(args.next, 2);
	begin("-v", "--", "-app", "-v");
	args.stop_at_operand = true;
	expect('v', NULL);
	expect(CMD_ARGS_END, NULL);
	ck_assert_int_eq(args.next, 3);
}
END_TEST

START_TEST(what_is_not_in_the_table_is_refused)
{
	begin("-x", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
	begin("--outpu", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
	begin("--=x", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
}
END_TEST

START_TEST(a_missing_value_is_refused)
{
	begin("-o", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
	begin("--output", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
	begin("--sim=yes", NULL, NULL, NULL);
	ck_assert_int_eq(cmd_args_next(&args), CMD_ARGS_BAD);
}
END_TEST

START_TEST(numbers_are_whole_and_in_range)
{
	unsigned long long n;

	begin("-o", "17", NULL, NULL);
	cmd_args_next(&args);
	ck_assert(cmd_number(&args, "-o", 17, &n));
	ck_assert_uint_eq(n, 17);
	ck_assert(!cmd_number(&args, "-o", 16, &n));
	for (size_t i = 0; i < 6; i++) {
		static const char *const wrong[] = { "",   "-1",   " 1",
						     "1x", "0x10", "99999999999999999999" };

		args.value = (char *)wrong[i];
		ck_assert(!cmd_number(&args, "-o", UINT64_MAX, &n));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tools/options");
	TCase *t = tcase_create("options");

	suite_add_tcase(suite, t);
	tcase_add_test(t, a_value_follows_in_every_form);
	tcase_add_test(t, letters_may_stand_together);
	tcase_add_test(t, operands_may_stand_between_options);
	tcase_add_test(t, behind_two_dashes_everything_is_an_operand);
	tcase_add_test(t, a_command_to_run_keeps_its_own_options);
	tcase_add_test(t, what_is_not_in_the_table_is_refused);
	tcase_add_test(t, a_missing_value_is_refused);
	tcase_add_test(t, numbers_are_whole_and_in_range);
	return fx_run(suite);
}
