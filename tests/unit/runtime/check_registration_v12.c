/* SPDX-License-Identifier: Apache-2.0 */
/* References to textures and surfaces: nothing but that somebody hears of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fake_image.h"
#include "runtime/introspect.h"

static const char texture_host, surface_host;

#define TEXTURE ((const struct textureReference *)(const void *)&texture_host)
#define SURFACE ((const struct surfaceReference *)(const void *)&surface_host)

/* What the observer heard: a line for each. */
static char heard[256];
static const void *last_key;

static void hear(const void *key, const char *name, bool is_surface)
{
	strcat(heard, is_surface ? "surface " : "texture ");
	strcat(heard, name);
	strcat(heard, "\n");
	last_key = key;
}

static const struct rt_observer listener = { .reference = hear };

static void **image_with_both(void)
{
	void **handle = fake_image();

	rt___cudaRegisterTexture_v11(handle, TEXTURE, NULL, "tex", 2, 0, 0);
	rt___cudaRegisterSurface_v11(handle, SURFACE, NULL, "surf", 2, 0);
	return handle;
}

static void listen(void)
{
	fake_driver();
	rt_observe(&listener);
}

START_TEST(references_are_heard_of_when_they_are_registered)
{
	void **handle = fake_image();

	rt___cudaRegisterTexture_v11(handle, TEXTURE, NULL, "tex", 2, 0, 0);
	ck_assert_str_eq(heard, "texture tex\n");
	ck_assert_ptr_eq(last_key, &texture_host);
	rt___cudaRegisterSurface_v11(handle, SURFACE, NULL, "surf", 2, 0);
	ck_assert_str_eq(heard, "texture tex\nsurface surf\n");
	ck_assert_ptr_eq(last_key, &surface_host);
}
END_TEST

START_TEST(references_touch_no_driver)
{
	rt___cudaUnregisterFatBinary(image_with_both());
	ck_assert_int_eq(script_calls(), 0);
}
END_TEST

START_TEST(references_are_told_again)
{
	image_with_both();
	heard[0] = '\0';
	rt_introspect_repeat();
	ck_assert_ptr_nonnull(strstr(heard, "texture tex\n"));
	ck_assert_ptr_nonnull(strstr(heard, "surface surf\n"));
}
END_TEST

START_TEST(references_go_with_their_image)
{
	void **handle = image_with_both(), **other = rt___cudaRegisterFatBinary(fake_wrapper);

	rt___cudaRegisterTexture_v11(other, TEXTURE, NULL, "stays", 2, 0, 0);
	rt___cudaUnregisterFatBinary(handle);
	heard[0] = '\0';
	rt_introspect_repeat();
	ck_assert_str_eq(heard, "texture stays\n");
}
END_TEST

START_TEST(a_handle_that_is_none_of_ours_leaves_nothing_behind)
{
	rt___cudaRegisterTexture_v11((void **)fake_stub, TEXTURE, NULL, "tex", 2, 0, 0);
	ck_assert_str_eq(heard, "texture tex\n");
	heard[0] = '\0';
	rt_introspect_repeat();
	ck_assert_str_eq(heard, "");
}
END_TEST

START_TEST(what_has_no_name_is_passed_over)
{
	rt___cudaRegisterTexture_v11(fake_image(), TEXTURE, NULL, NULL, 2, 0, 0);
	ck_assert_str_eq(heard, "");
}
END_TEST

START_TEST(nobody_need_listen)
{
	rt_observe(NULL);
	image_with_both();
	rt_introspect_repeat();
	ck_assert_str_eq(heard, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("registration_v12");
	TCase *all = tcase_create("references");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, listen, NULL);
	tcase_add_test(all, references_are_heard_of_when_they_are_registered);
	tcase_add_test(all, references_touch_no_driver);
	tcase_add_test(all, references_are_told_again);
	tcase_add_test(all, references_go_with_their_image);
	tcase_add_test(all, a_handle_that_is_none_of_ours_leaves_nothing_behind);
	tcase_add_test(all, what_has_no_name_is_passed_over);
	tcase_add_test(all, nobody_need_listen);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
