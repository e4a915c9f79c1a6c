/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of launch configurations that <<<>>> pushes and stubs pop. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "runtime/calls.h"

struct popped {
	cudaError_t error;
	dim3 grid, block;
	size_t shared;
	cudaStream_t stream;
};

static void push(unsigned int x)
{
	ck_assert_uint_eq(rt___cudaPushCallConfiguration((dim3){ x, 2, 3 }, (dim3){ 4, 5, 6 },
							 x + 1, (cudaStream_t)(uintptr_t)(x + 2)),
			  0);
}

static struct popped pop(void)
{
	struct popped p = { 0 };

	p.error = rt___cudaPopCallConfiguration(&p.grid, &p.block, &p.shared, &p.stream);
	return p;
}

START_TEST(pop_gives_back_what_was_pushed)
{
	struct popped p;

	push(7);
	p = pop();
	ck_assert_int_eq(p.error, cudaSuccess);
	ck_assert_uint_eq(p.grid.x, 7);
	ck_assert_uint_eq(p.grid.y, 2);
	ck_assert_uint_eq(p.grid.z, 3);
	ck_assert_uint_eq(p.block.x, 4);
	ck_assert_uint_eq(p.block.y, 5);
	ck_assert_uint_eq(p.block.z, 6);
	ck_assert_uint_eq(p.shared, 8);
	ck_assert_ptr_eq(p.stream, (void *)9);
}
END_TEST

START_TEST(pop_without_a_push_misses_the_configuration)
{
	ck_assert_int_eq(pop().error, cudaErrorMissingConfiguration);
	push(1);
	pop();
	ck_assert_int_eq(pop().error, cudaErrorMissingConfiguration);
}
END_TEST

START_TEST(the_last_pushed_is_popped_first)
{
	push(1);
	push(2);
	ck_assert_uint_eq(pop().grid.x, 2);
	push(3);
	ck_assert_uint_eq(pop().grid.x, 3);
	ck_assert_uint_eq(pop().grid.x, 1);
}
END_TEST

START_TEST(nesting_may_be_deep)
{
	for (unsigned int i = 0; i < 500; i++)
		push(i);
	for (unsigned int i = 500; i-- > 0;)
		ck_assert_uint_eq(pop().grid.x, i);
}
END_TEST

START_TEST(abandoned_configurations_do_not_pile_up)
{
	for (unsigned int i = 0; i < 100000; i++)
		push(i);
	ck_assert_uint_eq(pop().grid.x, 99999);
	ck_assert_uint_eq(pop().grid.x, 99998);
}
END_TEST

static void *pop_in_thread(void *result)
{
	*(cudaError_t *)result = pop().error;
	push(5);
	return NULL;
}

START_TEST(each_thread_has_its_own_stack)
{
	cudaError_t there = cudaSuccess;
	pthread_t thread;

	push(1);
	ck_assert_int_eq(pthread_create(&thread, NULL, pop_in_thread, &there), 0);
	pthread_join(thread, NULL);
	ck_assert_int_eq(there, cudaErrorMissingConfiguration);
	ck_assert_uint_eq(pop().grid.x, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("call_configuration");
	TCase *tests = tcase_create("stack");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, pop_gives_back_what_was_pushed);
	tcase_add_test(tests, pop_without_a_push_misses_the_configuration);
	tcase_add_test(tests, the_last_pushed_is_popped_first);
	tcase_add_test(tests, nesting_may_be_deep);
	tcase_add_test(tests, abandoned_configurations_do_not_pile_up);
	tcase_add_test(tests, each_thread_has_its_own_stack);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
