/* SPDX-License-Identifier: Apache-2.0 */
/* The `api` text. */
#include <string.h>

#include "reader/api_text.h"
#include "unit/reader/fixture.h"

static struct rd_api *parse(const char *text)
{
	return rd_api_parse(text, strlen(text));
}

START_TEST(a_function_has_its_name_domain_and_result)
{
	struct rd_api *api = parse(tb_api_text);
	const struct rd_function *f = rd_api_function(api, TB_MALLOC);

	ck_assert_ptr_nonnull(f);
	ck_assert_str_eq(f->name, "cudaMalloc");
	ck_assert_str_eq(f->domain, "memory");
	ck_assert_str_eq(f->result_kind, "status");
	ck_assert_uint_eq(f->ncells, 1);
	ck_assert_uint_eq(f->nparams, 2);
	rd_api_free(api);
}
END_TEST

START_TEST(an_argument_has_direction_kind_and_place)
{
	struct rd_api *api = parse(tb_api_text);
	const struct rd_param *p = &rd_api_function(api, TB_MEMCPY_ASYNC)->params[3];

	ck_assert_str_eq(p->name, "kind");
	ck_assert_str_eq(p->type, "cudaMemcpyKind");
	ck_assert_int_eq(p->kind, CT_KIND_ENUM);
	ck_assert_int_eq(p->direction, CT_IN);
	ck_assert_uint_eq(p->offset, 24);
	ck_assert_uint_eq(p->size, 4);
	ck_assert_str_eq(rd_enum_name(p->values, 2), "cudaMemcpyDeviceToHost");
	rd_api_free(api);
}
END_TEST

START_TEST(twins_are_named_by_their_flag)
{
	struct rd_api *api = parse(tb_api_text);

	ck_assert_str_eq(rd_api_function(api, TB_MEMCPY_ASYNC)->twin, "cudaMemcpyAsync_ptsz");
	ck_assert_str_eq(rd_api_function(api, TB_MEMCPY_TO_SYMBOL)->twin,
			 "cudaMemcpyToSymbol_ptds");
	ck_assert_ptr_null(rd_api_function(api, TB_MALLOC)->twin);
	rd_api_free(api);
}
END_TEST

START_TEST(an_answer_is_no_failure)
{
	struct rd_api *api = parse("curtrace-api 1\nf 16 poll b expect=600 1 status\n"
				   "f 17 last b answer 1 status\nf 18 count b answer 1 int\n");

	ck_assert(rd_is_expected(rd_api_function(api, 16), 600));
	ck_assert(!rd_is_expected(rd_api_function(api, 16), 1));
	ck_assert(rd_is_expected(rd_api_function(api, 17), 1));
	ck_assert(!rd_is_expected(rd_api_function(api, 18), 1));
	rd_api_free(api);
}
END_TEST

START_TEST(expected_statuses_are_listed)
{
	struct rd_api *api = parse("curtrace-api 1\nf 16 a b expect=600;217,todo 1 status\n");
	const struct rd_function *f = rd_api_function(api, 16);

	ck_assert_uint_eq(f->nexpected, 2);
	ck_assert_int_eq(f->expected[0], 600);
	ck_assert_int_eq(f->expected[1], 217);
	ck_assert_uint_eq(f->flags, RD_FUNCTION_TODO);
	rd_api_free(api);
}
END_TEST

START_TEST(an_enumeration_may_stand_behind_its_use)
{
	struct rd_api *api = parse("curtrace-api 1\nf 16 a b - 1 status x:i:enum/E:0:4\n"
				   "e E -1=minus 5=five 5=again\n");
	const struct rd_enum *values = rd_api_function(api, 16)->params[0].values;

	ck_assert_str_eq(rd_enum_name(values, -1), "minus");
	ck_assert_str_eq(rd_enum_name(values, 5), "five");
	ck_assert_ptr_null(rd_enum_name(values, 0));
	rd_api_free(api);
}
END_TEST

START_TEST(statuses_have_names)
{
	static const char text[] = "curtrace-api 1\n"
				   "e cudaError 0=cudaSuccess 600=cudaErrorNotReady\n"
				   "e CUresult 0=CUDA_SUCCESS 600=CUDA_ERROR_NOT_READY\n"
				   "f 16 cudaEventQuery event - 1 status\n"
				   "f 1024 cuEventQuery event layer=driver 1 status\n"
				   "f 1984 nvtxMarkA nvtx layer=nvtx 1 void\n";
	struct rd_api *api = rd_api_parse(text, sizeof(text) - 1);
	const struct rd_function *runtime = rd_api_function(api, 16),
				 *driver = rd_api_function(api, 1024);

	ck_assert_str_eq(rd_status_name(runtime, 600), "cudaErrorNotReady");
	ck_assert_str_eq(rd_status_name(driver, 600), "CUDA_ERROR_NOT_READY");
	ck_assert_str_eq(driver->success, "CUDA_SUCCESS");
	ck_assert_ptr_null(rd_status_name(runtime, 601));
	ck_assert_int_eq(runtime->layer, CT_LAYER_RUNTIME);
	ck_assert_int_eq(driver->layer, CT_LAYER_DRIVER);
	ck_assert_int_eq(rd_api_function(api, 1984)->layer, CT_LAYER_NVTX);
	rd_api_free(api);
}
END_TEST

/* The name is what people call the function by, the symbol what a program imports. */
START_TEST(older_abis_have_symbols_of_their_own)
{
	static const char text[] =
		"curtrace-api 1\n"
		"f 1024 cuMemcpyHtoD memcpy layer=driver,ptds,symbol=cuMemcpyHtoD_v2 1 status\n"
		"f 1025 cuInit version layer=driver 1 status\n";
	struct rd_api *api = rd_api_parse(text, sizeof(text) - 1);
	const struct rd_function *copy = rd_api_function(api, 1024);

	ck_assert_str_eq(copy->name, "cuMemcpyHtoD");
	ck_assert_str_eq(copy->symbol, "cuMemcpyHtoD_v2");
	ck_assert_str_eq(copy->twin, "cuMemcpyHtoD_v2_ptds");
	ck_assert_ptr_eq(rd_api_function(api, 1025)->symbol, rd_api_function(api, 1025)->name);
	rd_api_free(api);
}
END_TEST

START_TEST(functions_come_by_rising_id)
{
	struct rd_api *api = parse("curtrace-api 1\nf 30 b d - 1 void\nf 20 a d - 1 void\n");
	const struct rd_function *list;
	size_t count;

	list = rd_api_functions(api, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(list[0].id, 20);
	ck_assert_uint_eq(list[1].id, 30);
	ck_assert_ptr_null(rd_api_function(api, 25));
	rd_api_free(api);
}
END_TEST

START_TEST(lines_of_a_later_version_are_passed_over)
{
	struct rd_api *api = parse("curtrace-api 1\nz new thing\n\nf 16 a d new,todo 1 status\n");

	ck_assert_uint_eq(rd_api_function(api, 16)->flags, RD_FUNCTION_TODO);
	rd_api_free(api);
}
END_TEST

START_TEST(a_kind_of_a_later_version_is_bytes)
{
	struct rd_api *api = parse("curtrace-api 1\nf 16 a d - 1 void q:i:quaternion:0:16\n");

	ck_assert_int_eq(rd_api_function(api, 16)->params[0].kind, CT_KIND_BYTES);
	rd_api_free(api);
}
END_TEST

START_TEST(malformed_lines_cost_themselves_only)
{
	struct rd_api *api = parse("curtrace-api 1\nf\nf x y\nf 99999999 a d - 1 void\n"
				   "f 17 a d - 1 void x:i:int:0 y:q:int:0:4 :i:int:0:4 "
				   "z:i:int:4:4 w:i:int:4:4:4\ne\ne E 1 =2 3=\n");
	const struct rd_function *list;
	size_t count;

	list = rd_api_functions(api, &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(list[0].nparams, 1);
	ck_assert_str_eq(list[0].params[0].name, "z");
	rd_api_free(api);
}
END_TEST

START_TEST(another_text_is_refused)
{
	ck_assert_ptr_null(parse("curtrace-api 2\n"));
	ck_assert_ptr_null(parse("curtrace-api 12\n"));
	ck_assert_ptr_null(parse(""));
	ck_assert_ptr_null(rd_api_parse("curtrace-api 1\nf\0x", 18));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reader/api_text");
	TCase *t = tcase_create("api_text");

	suite_add_tcase(suite, t);
	tcase_add_test(t, a_function_has_its_name_domain_and_result);
	tcase_add_test(t, an_argument_has_direction_kind_and_place);
	tcase_add_test(t, twins_are_named_by_their_flag);
	tcase_add_test(t, an_answer_is_no_failure);
	tcase_add_test(t, expected_statuses_are_listed);
	tcase_add_test(t, an_enumeration_may_stand_behind_its_use);
	tcase_add_test(t, statuses_have_names);
	tcase_add_test(t, older_abis_have_symbols_of_their_own);
	tcase_add_test(t, functions_come_by_rising_id);
	tcase_add_test(t, lines_of_a_later_version_are_passed_over);
	tcase_add_test(t, a_kind_of_a_later_version_is_bytes);
	tcase_add_test(t, malformed_lines_cost_themselves_only);
	tcase_add_test(t, another_text_is_refused);
	return fx_run(suite);
}
