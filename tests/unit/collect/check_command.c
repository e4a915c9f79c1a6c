/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines as text: quoted so that a shell reads them back, without anybody's passwords.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect/command.h"

static const struct {
	const char *words[6];
	const char *text;
} cases[] = {
	{ { "./app" }, "./app" },
	{ { "app", "-n", "3", "a=b" }, "app -n 3 a=b" },
	{ { "app", "two words", "" }, "app 'two words' ''" },
	{ { "app", "it's", "$HOME", "*" }, "app 'it'\\''s' '$HOME' '*'" },
	{ { "app", "--token=abc" }, "app --token=***" },
	{ { "app", "--hf-TOKEN", "abc", "x" }, "app --hf-TOKEN *** x" },
	{ { "app", "API_KEY=abc" }, "app API_KEY=***" },
	{ { "app", "--password", "two words" }, "app --password ***" },
	{ { "app", "-secret", "-v" }, "app -secret -v" },
	{ { "app", "--key" }, "app --key" },
	{ { "app", "--key=" }, "app --key=" },
	{ { "keygen", "x" }, "keygen x" },
	{ { "-key", "x" }, "-key x" },
	{ { "app", "a\nb", "\xff" }, "app 'a?b' '?'" },
	{ { "app", "gr\xc3\xbc\xc3\x9f" }, "app 'gr\xc3\xbc\xc3\x9f'" },
	/* What a value is called. */
	{ { "app", "--passphrase=a b" }, "app --passphrase=***" },
	{ { "app", "--oauth2-bearer", "x.y" }, "app --oauth2-bearer ***" },
	{ { "app", "--pass", "x", "--compass", "y" }, "app --pass *** --compass y" },
	{ { "app", "--author", "me", "AUTHORIZATION=x" }, "app --author me AUTHORIZATION=***" },
	{ { "app", "--password", "", "x" }, "app --password '' x" },
	{ { "app", "a=1,secret=x;b=2" }, "app 'a=1,secret=***;b=2'" },
	{ { "app", "pw=\"a b\" x" }, "app pw=***" },
	/* In a script. */
	{ { "sh", "-c", "A=1 API_KEY=x ./app --token y -v" },
	  "sh -c 'A=1 API_KEY=*** ./app --token *** -v'" },
	{ { "sh", "-c", "./app pw=\"a b\" x" }, "sh -c './app pw=*** x'" },
	{ { "sh", "-c", "echo it's; app --key y" }, "sh -c 'echo it'\\''s; app --key ***'" },
	{ { "sh", "-c", "./app --token", "x" }, "sh -c './app --token' ***" },
	/* Headers, URLs, users. */
	{ { "curl", "-H", "Authorization: Basic eDp5" }, "curl -H 'Authorization: ***'" },
	{ { "curl", "-HX-Api-Key:abc", "y" }, "curl -HX-Api-Key:*** y" },
	{ { "app", "bearer", "abc" }, "app bearer ***" },
	{ { "app", "https://me:pw@h/a?x=1&sig=2&y=3" }, "app 'https://***@h/a?x=1&sig=***&y=3'" },
	{ { "app", "--url=ftp://t@h:21/", "h://a/b@c" }, "app --url=ftp://***@h:21/ h://a/b@c" },
	{ { "curl", "-u", "me:pw", "-u", "me" }, "curl -u me:*** -u me" },
	/* Tokens by their looks. */
	{ { "app", "AKIAABCDEFGHIJKLMNOP", "AKIASHORT" }, "app *** AKIASHORT" },
	{ { "app", "x,hf_abcdefghijklmnopqrst.y" }, "app x,***" },
	{ { "app", "eyJhbGciOi.eyJzdWIiOiIx.c2ln" }, "app ***" },
	{ { "app", "risk-abcdefghijklmnopqrstuvwxyz" }, "app risk-abcdefghijklmnopqrstuvwxyz" },
	/* What stands for a mask is none if it was there before. */
	{ { "app", "\x01" }, "app '?'" },
};

START_TEST(a_command_becomes_one_text)
{
	char *text = col_command_text((char *const *)cases[_i].words);

	ck_assert_str_eq(text, cases[_i].text);
	free(text);
}
END_TEST

START_TEST(a_shell_reads_the_text_back)
{
	char *const words[] = { (char *)"printf", (char *)"<%s>", (char *)"a'b \"c\" $x `y` \\z",
				(char *)"", NULL };
	char *text = col_command_text(words), read[128] = "";
	FILE *shell = popen(text, "r");

	ck_assert_ptr_nonnull(shell);
	ck_assert_ptr_nonnull(fgets(read, sizeof(read), shell));
	pclose(shell);
	ck_assert_str_eq(read, "<a'b \"c\" $x `y` \\z><>");
	free(text);
}
END_TEST

static Suite *command_suite(void)
{
	Suite *suite = suite_create("collect/command");
	TCase *tc = tcase_create("text");

	tcase_add_loop_test(tc, a_command_becomes_one_text, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tc, a_shell_reads_the_text_back);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(command_suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
