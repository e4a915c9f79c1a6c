/* SPDX-License-Identifier: Apache-2.0 */
/* Which memory is live at an instant, which handle means what, which device is current. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/state.h"
#include "unit/analysis/events.h"
#include "unit/reader/fixture.h"

static struct an_state *state;
static struct an_change change;

static void setup(void)
{
	state = an_state_new();
}

static void teardown(void)
{
	an_state_free(state);
}

static enum an_change_kind apply(struct ct_event event)
{
	struct an_effect effect;

	an_effect_of(&event, &effect);
	an_state_apply(state, &event, &effect, &change);
	return change.kind;
}

static struct ct_event allocate(uint64_t at, uint64_t bytes)
{
	return ev_call("cudaMalloc", ev_ptr("devPtr", at), ev_size("size", bytes), EV_END);
}

static struct ct_event release(uint64_t at)
{
	return ev_call("cudaFree", ev_ptr("devPtr", at), EV_END);
}

static struct ct_event set_device(int device)
{
	return ev_call("cudaSetDevice", ev_int("device", device), EV_END);
}

static struct ct_event of(struct ct_event event, uint32_t process, uint32_t tid)
{
	event.process = process;
	event.tid = tid;
	return event;
}

static size_t live(void)
{
	size_t count;

	free(an_state_live(state, &count));
	return count;
}

/* ---- memory -------------------------------------------------------------------------------- */

START_TEST(an_address_falls_into_its_allocation)
{
	ck_assert_int_eq(apply(allocate(0x1000, 0x100)), AN_CHANGE_ALLOCATED);
	apply(allocate(0x2000, 0x100));
	ck_assert_uint_eq(change.allocation->number, 2);
	ck_assert_ptr_null(an_state_find(state, 0, 0xfff));
	ck_assert_uint_eq(an_state_find(state, 0, 0x1000)->number, 1);
	ck_assert_uint_eq(an_state_find(state, 0, 0x10ff)->number, 1);
	ck_assert_ptr_null(an_state_find(state, 0, 0x1100));
	ck_assert_uint_eq(an_state_find(state, 0, 0x20ff)->number, 2);
	ck_assert_ptr_null(an_state_find(state, 1, 0x20ff));
	ck_assert_uint_eq(an_state_before(state, 0, 0x1180)->number, 1);
	ck_assert_ptr_null(an_state_before(state, 0, 0x10));
}
END_TEST

START_TEST(what_is_freed_is_told_and_gone)
{
	apply(allocate(0x1000, 0x100));
	ck_assert_int_eq(apply(release(0x1000)), AN_CHANGE_FREED);
	ck_assert_uint_eq(change.allocation->bytes, 0x100);
	ck_assert_uint_eq(change.count, 1);
	ck_assert_ptr_null(an_state_find(state, 0, 0x1000));
	ck_assert_uint_eq(live(), 0);
}
END_TEST

START_TEST(nothing_is_no_free)
{
	ck_assert_int_eq(apply(release(0)), AN_CHANGE_NONE);
	ck_assert_int_eq(apply(allocate(0, 0)), AN_CHANGE_NONE);
}
END_TEST

START_TEST(a_free_of_what_was_freed_is_told_from_one_of_nothing)
{
	apply(allocate(0x1000, 0x100));
	apply(release(0x1000));
	ck_assert_int_eq(apply(ev_failed(release(0x1000), 1)), AN_CHANGE_DOUBLE_FREE);
	ck_assert_uint_eq(change.allocation->number, 1);
	ck_assert_int_eq(apply(ev_failed(release(0x9000), 1)), AN_CHANGE_UNKNOWN_FREE);
	ck_assert_ptr_null(change.allocation);
	apply(allocate(0x1000, 0x100));
	ck_assert_int_eq(apply(ev_failed(release(0x1010), 1)), AN_CHANGE_UNKNOWN_FREE);
	ck_assert_uint_eq(change.allocation->number, 2);
}
END_TEST

/* An error of an earlier kernel comes out of any call. */
START_TEST(a_free_that_fails_for_another_reason_changes_nothing)
{
	apply(allocate(0x1000, 0x100));
	ck_assert_int_eq(apply(ev_failed(release(0x1000), 700)), AN_CHANGE_NONE);
	ck_assert_int_eq(apply(ev_failed(release(0x9000), 700)), AN_CHANGE_NONE);
	ck_assert_uint_eq(live(), 1);
}
END_TEST

START_TEST(every_kind_of_free_ends_an_allocation)
{
	apply(ev_call("cudaMallocAsync", ev_ptr("devPtr", 0x1000), ev_size("size", 16),
		      ev_handle("hStream", 0), EV_END));
	ck_assert_int_eq(apply(release(0x1000)), AN_CHANGE_FREED);
	ck_assert_int_eq(change.allocation->memory, AN_MEMORY_POOL);
	apply(allocate(0x1000, 16));
	ck_assert_int_eq(apply(ev_call("cudaFreeAsync", ev_ptr("devPtr", 0x1000),
				       ev_handle("hStream", 0), EV_END)),
			 AN_CHANGE_FREED);
	apply(ev_call("cudaHostRegister", ev_ptr("ptr", 0x1000), ev_size("size", 16), EV_END));
	ck_assert_int_eq(apply(ev_call("cudaHostUnregister", ev_ptr("ptr", 0x1000), EV_END)),
			 AN_CHANGE_FREED);
	ck_assert_int_eq(change.allocation->device, -1);
	ck_assert_uint_eq(live(), 0);
}
END_TEST

/* The handle of an array may look like an address. */
START_TEST(arrays_are_no_addresses)
{
	apply(allocate(0x1000, 16));
	apply(ev_call("cudaMallocArray", ev_handle("array", 0x1000), ev_int("desc->x", 32),
		      ev_int("desc->y", 0), ev_int("desc->z", 0), ev_int("desc->w", 0),
		      ev_size("width", 4), ev_size("height", 4), EV_END));
	ck_assert_uint_eq(live(), 2);
	ck_assert_int_eq(an_state_find(state, 0, 0x1000)->memory, AN_MEMORY_DEVICE);
	ck_assert_uint_eq(an_state_array(state, 0, 0x1000)->bytes, 64);
	ck_assert_int_eq(apply(ev_call("cudaFreeArray", ev_handle("array", 0x1000), EV_END)),
			 AN_CHANGE_FREED);
	ck_assert_uint_eq(live(), 1);
}
END_TEST

/* Its free was lost: the trace would show more than there is. */
START_TEST(memory_that_is_given_out_again_was_freed)
{
	apply(allocate(0x1000, 0x100));
	apply(allocate(0x1100, 0x100));
	ck_assert_int_eq(apply(allocate(0x1080, 0x100)), AN_CHANGE_ALLOCATED);
	ck_assert_uint_eq(change.count, 2);
	ck_assert_uint_eq(live(), 1);
	ck_assert_uint_eq(an_state_find(state, 0, 0x1080)->number, 3);
}
END_TEST

/*
 * Another thread's free, within the call that was given the same memory: the trace has it behind
 * this, for it began later.
 */
START_TEST(a_free_may_come_after_the_allocation_that_took_its_place)
{
	struct ct_event free_call, again;

	apply(allocate(0x1000, 0x100));
	again = allocate(0x1000, 0x200);
	free_call = of(release(0x1000), 0, 101);
	free_call.start_ns = again.start_ns + 10;
	apply(again);
	ck_assert_int_eq(apply(free_call), AN_CHANGE_NONE);
	ck_assert_uint_eq(live(), 1);
	ck_assert_uint_eq(an_state_find(state, 0, 0x1000)->bytes, 0x200);
}
END_TEST

START_TEST(processes_have_memory_of_their_own)
{
	apply(allocate(0x1000, 0x100));
	apply(of(allocate(0x1000, 0x200), 1, 200));
	ck_assert_uint_eq(live(), 2);
	ck_assert_int_eq(apply(of(release(0x1000), 1, 200)), AN_CHANGE_FREED);
	ck_assert_uint_eq(change.allocation->bytes, 0x200);
	/* A forked child knows its parent's addresses and none of its memory. */
	ck_assert_int_eq(apply(of(release(0x1000), 2, 300)), AN_CHANGE_UNKNOWN_FREE);
}
END_TEST

START_TEST(a_reset_ends_what_is_on_the_device)
{
	apply(allocate(0x1000, 0x100));
	apply(ev_call("cudaMallocHost", ev_ptr("ptr", 0x5000), ev_size("size", 8), EV_END));
	apply(set_device(1));
	apply(allocate(0x2000, 0x100));
	ck_assert_int_eq(apply(ev_call("cudaDeviceReset", EV_END)), AN_CHANGE_RESET);
	ck_assert_uint_eq(change.count, 1);
	ck_assert_int_eq(change.gone[0].device, 1);
	ck_assert_uint_eq(live(), 2);
	apply(set_device(0));
	apply(ev_call("cudaDeviceReset", EV_END));
	ck_assert_uint_eq(change.count, 2);
	ck_assert_uint_eq(live(), 0);
}
END_TEST

START_TEST(an_unmapping_ends_all_that_it_covers)
{
	for (uint64_t at = 0x1000; at < 0x1400; at += 0x100)
		apply(ev_call("cuMemMap", ev_ptr("ptr", at), ev_size("size", 0x100), EV_END));
	ck_assert_int_eq(
		apply(ev_call("cuMemUnmap", ev_ptr("ptr", 0x1100), ev_size("size", 0x200), EV_END)),
		AN_CHANGE_FREED);
	ck_assert_uint_eq(change.count, 2);
	ck_assert_uint_eq(live(), 2);
}
END_TEST

/* Opened twice it has one address, and is closed twice. */
START_TEST(imported_memory_is_counted_by_its_owner)
{
	struct ct_event open = ev_call("cudaIpcOpenMemHandle", ev_ptr("devPtr", 0x1000), EV_END);
	struct ct_event close = ev_call("cudaIpcCloseMemHandle", ev_ptr("devPtr", 0x1000), EV_END);

	apply(open);
	apply(open);
	ck_assert_int_eq(apply(close), AN_CHANGE_FREED);
	ck_assert_int_eq(apply(close), AN_CHANGE_NONE);
}
END_TEST

/* A variable lies in memory that nobody allocates, and its address is known all the same. */
START_TEST(borrowed_memory_is_found_and_not_live)
{
	apply(ev_call("cudaLibraryGetGlobal", ev_ptr("dptr", 0x1000), ev_size("bytes", 64),
		      EV_END));
	ck_assert_int_eq(an_state_find(state, 0, 0x1020)->memory, AN_MEMORY_BORROWED);
	ck_assert_uint_eq(live(), 0);
	apply(allocate(0x800, 0x1000));
	ck_assert_int_eq(an_state_find(state, 0, 0x1020)->memory, AN_MEMORY_DEVICE);
}
END_TEST

/* The tree against a plain table, with addresses that come again and again. */
START_TEST(many_allocations_are_found)
{
	enum {
		PLACES = 512
	};
	uint64_t numbers[PLACES] = { 0 }, seed = 1, at;
	size_t count = 0;

	for (int i = 0; i < 20000; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		at = seed >> 40 & (PLACES - 1);
		if (numbers[at]) {
			ck_assert_int_eq(apply(release(at * 64 + 64)), AN_CHANGE_FREED);
			ck_assert_uint_eq(change.allocation->number, numbers[at]);
			numbers[at] = 0;
			count--;
		} else {
			apply(allocate(at * 64 + 64, 64));
			numbers[at] = change.allocation->number;
			count++;
		}
	}
	ck_assert_uint_eq(live(), count);
	for (at = 0; at < PLACES; at++) {
		const struct an_allocation *found = an_state_find(state, 0, at * 64 + 64 + 63);

		ck_assert_uint_eq(found ? found->number : 0, numbers[at]);
	}
}
END_TEST

/* ---- devices and handles ------------------------------------------------------------------- */

START_TEST(a_device_is_current_for_its_thread)
{
	apply(set_device(2));
	ck_assert_int_eq(an_state_device(state, 0, 100), 2);
	ck_assert_int_eq(an_state_device(state, 0, 101), 0);
	ck_assert_int_eq(an_state_device(state, 1, 100), 0);
	apply(ev_failed(set_device(9), 101));
	ck_assert_int_eq(an_state_device(state, 0, 100), 2);
	apply(allocate(0x1000, 1));
	ck_assert_int_eq(change.allocation->device, 2);
}
END_TEST

START_TEST(memory_of_a_pool_is_where_its_stream_is)
{
	apply(set_device(1));
	apply(ev_call("cudaStreamCreate", ev_handle("pStream", 0x500), EV_END));
	apply(set_device(0));
	apply(ev_call("cudaMallocAsync", ev_ptr("devPtr", 0x1000), ev_size("size", 16),
		      ev_handle("hStream", 0x500), EV_END));
	ck_assert_int_eq(change.allocation->device, 1);
}
END_TEST

static void expect_name(const char *type, uint64_t handle, const char *name)
{
	char text[32];

	ck_assert_str_eq(an_state_handle(state, 0, type, handle, text, sizeof(text)), name);
}

START_TEST(handles_are_numbered_as_they_are_met)
{
	apply(ev_call("cudaStreamCreate", ev_handle("pStream", 0x500), EV_END));
	expect_name("stream", 0x500, "stream#1");
	expect_name("stream", 0x600, "stream#2");
	expect_name("event", 0x600, "event#1");
	expect_name("stream", 0x500, "stream#1");
	expect_name("stream", 0, "default");
	expect_name("stream", 1, "legacy");
	expect_name("stream", 2, "per-thread");
	expect_name("event", 0, "NULL");
}
END_TEST

START_TEST(a_handle_that_is_made_again_is_another_object)
{
	struct ct_event create = ev_call("cudaEventCreate", ev_handle("event", 0x500), EV_END);
	struct ct_event destroy = ev_call("cudaEventDestroy", ev_handle("event", 0x500), EV_END);

	apply(create);
	expect_name("event", 0x500, "event#1");
	apply(destroy);
	expect_name("event", 0x500, "event#1");
	apply(create);
	expect_name("event", 0x500, "event#2");
	/* Its destruction was lost, or is a device's reset. */
	apply(create);
	expect_name("event", 0x500, "event#3");
	apply(ev_failed(destroy, 400));
	apply(set_device(0));
	expect_name("event", 0x500, "event#3");
}
END_TEST

/* Many that come and go, in a table that must not lose any of them on the way. */
START_TEST(objects_that_go_do_not_hide_others)
{
	for (uint64_t i = 0; i < 300; i++)
		apply(ev_call("cudaEventCreate", ev_handle("event", 0x1000 + i * 8), EV_END));
	for (uint64_t i = 0; i < 300; i += 3)
		apply(ev_call("cudaEventDestroy", ev_handle("event", 0x1000 + i * 8), EV_END));
	apply(set_device(0));
	for (uint64_t i = 0; i < 300; i++) {
		char name[32];

		snprintf(name, sizeof(name), "event#%d", (int)i + 1);
		if (i % 3)
			expect_name("event", 0x1000 + i * 8, name);
	}
	expect_name("event", 0x1000, "event#301");
}
END_TEST

/* ---- copies -------------------------------------------------------------------------------- */

static enum an_direction direction(uint64_t to, uint64_t from, unsigned int kind)
{
	struct ct_event event = ev_call("cudaMemcpy", ev_ptr("dst", to), ev_ptr("src", from),
					ev_size("count", 4), ev_enum("kind", kind), EV_END);
	struct an_effect effect;

	an_effect_of(&event, &effect);
	return an_state_direction(state, &event, &effect);
}

START_TEST(a_direction_follows_from_the_addresses)
{
	apply(allocate(0x1000, 0x100));
	apply(ev_call("cudaMallocHost", ev_ptr("ptr", 0x5000), ev_size("size", 0x100), EV_END));
	apply(set_device(1));
	apply(allocate(0x2000, 0x100));
	ck_assert_int_eq(direction(0x1000, 0x9000, 4), AN_HOST_TO_DEVICE);
	ck_assert_int_eq(direction(0x5010, 0x1000, 4), AN_DEVICE_TO_HOST);
	ck_assert_int_eq(direction(0x5010, 0x9000, 4), AN_HOST_TO_HOST);
	ck_assert_int_eq(direction(0x1080, 0x1000, 4), AN_DEVICE_TO_DEVICE);
	ck_assert_int_eq(direction(0x2000, 0x1000, 4), AN_PEER_TO_PEER);
	ck_assert_int_eq(direction(0x2000, 0x1000, 3), AN_PEER_TO_PEER);
	ck_assert_int_eq(direction(0x2000, 0x9000, 1), AN_HOST_TO_DEVICE);
}
END_TEST

START_TEST(the_ends_of_a_copy_have_devices)
{
	struct ct_event event = ev_call("cudaMemcpy", ev_ptr("dst", 0x2000), ev_ptr("src", 0x9000),
					ev_size("count", 4), ev_enum("kind", 1), EV_END);
	struct an_effect effect;
	int32_t to, from;

	apply(set_device(1));
	apply(allocate(0x2000, 0x100));
	apply(set_device(0));
	an_effect_of(&event, &effect);
	an_state_devices(state, &event, &effect, &to, &from);
	ck_assert_int_eq(to, 1);
	ck_assert_int_eq(from, -1);
}
END_TEST

START_TEST(elements_of_an_array_have_its_size)
{
	struct ct_event event =
		ev_call("cudaMemcpy3D", ev_handle("p->srcArray", 0x99), ev_ptr("p->srcPtr.ptr", 0),
			ev_handle("p->dstArray", 0), ev_ptr("p->dstPtr.ptr", 0x30),
			ev_size("p->extent.width", 8), ev_size("p->extent.height", 2),
			ev_size("p->extent.depth", 1), ev_enum("p->kind", 2), EV_END);
	struct an_effect effect;
	uint64_t bytes;

	an_effect_of(&event, &effect);
	ck_assert(!an_state_bytes(state, &event, &effect, &bytes));
	apply(ev_call("cudaMallocArray", ev_handle("array", 0x99), ev_int("desc->x", 32),
		      ev_int("desc->y", 32), ev_int("desc->z", 0), ev_int("desc->w", 0),
		      ev_size("width", 8), ev_size("height", 2), EV_END));
	ck_assert(an_state_bytes(state, &event, &effect, &bytes));
	ck_assert_uint_eq(bytes, 8 * 2 * 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state");
	TCase *tcase = tcase_create("state");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, an_address_falls_into_its_allocation);
	tcase_add_test(tcase, what_is_freed_is_told_and_gone);
	tcase_add_test(tcase, nothing_is_no_free);
	tcase_add_test(tcase, a_free_of_what_was_freed_is_told_from_one_of_nothing);
	tcase_add_test(tcase, a_free_that_fails_for_another_reason_changes_nothing);
	tcase_add_test(tcase, every_kind_of_free_ends_an_allocation);
	tcase_add_test(tcase, arrays_are_no_addresses);
	tcase_add_test(tcase, memory_that_is_given_out_again_was_freed);
	tcase_add_test(tcase, a_free_may_come_after_the_allocation_that_took_its_place);
	tcase_add_test(tcase, processes_have_memory_of_their_own);
	tcase_add_test(tcase, a_reset_ends_what_is_on_the_device);
	tcase_add_test(tcase, an_unmapping_ends_all_that_it_covers);
	tcase_add_test(tcase, imported_memory_is_counted_by_its_owner);
	tcase_add_test(tcase, borrowed_memory_is_found_and_not_live);
	tcase_add_test(tcase, many_allocations_are_found);
	tcase_add_test(tcase, a_device_is_current_for_its_thread);
	tcase_add_test(tcase, memory_of_a_pool_is_where_its_stream_is);
	tcase_add_test(tcase, handles_are_numbered_as_they_are_met);
	tcase_add_test(tcase, a_handle_that_is_made_again_is_another_object);
	tcase_add_test(tcase, objects_that_go_do_not_hide_others);
	tcase_add_test(tcase, a_direction_follows_from_the_addresses);
	tcase_add_test(tcase, the_ends_of_a_copy_have_devices);
	tcase_add_test(tcase, elements_of_an_array_have_its_size);
	suite_add_tcase(suite, tcase);
	return fx_run(suite);
}
