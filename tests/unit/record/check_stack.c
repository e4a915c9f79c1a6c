/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of stacks: what is walked (walk.c, cfi.c, module.c), and what is kept of it (stack.c). */
#include <check.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "unit/record/runner.h"
#include "unit/record/walks.h"

#define DEPTH 16

/* The address sanitizer takes the signal of a file that was cut off unless it is asked not to. */
const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__asan_default_options(void)
{
	return "handle_sigbus=0";
}

static struct fixture_record record;
static struct fixture_ring ring;

/* ---- a session that asks for stacks -------------------------------------------------------- */

static void ask(uint32_t depth, uint32_t bytes, unsigned int function)
{
	struct ctr_stack_settings settings = {
		.magic = CTR_STACKS_MAGIC,
		.depth = depth,
		.bytes = bytes,
	};
	int fd = open(fixture_path("stacks"), O_WRONLY | O_CREAT | O_EXCL, 0600);

	settings.functions[function / 8] = (uint8_t)(1u << function % 8);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, &settings, sizeof(settings)), sizeof(settings));
	close(fd);
}

static void make_with(uint64_t total_bytes, enum ctr_overflow overflow)
{
	fixture_make(
		&(struct fixture_settings){ .overflow = overflow, .total_bytes = total_bytes });
}

static void make(void)
{
	make_with(0, CTR_OVERFLOW_DROP);
	ask(DEPTH, 256 << 10, FIXTURE_FUNCTION);
}

/* The process's file of stacks as another process sees it. */
static struct ctr_stacks *stacks_of(unsigned int slot)
{
	const struct ctr_process *p = fixture_slot(slot);
	struct ctr_stacks *stacks;
	char name[96];
	struct stat st;
	int fd;

	snprintf(name, sizeof(name), "stacks.%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	fd = open(fixture_path(name), O_RDWR);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	stacks = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(stacks, MAP_FAILED);
	close(fd);
	return stacks;
}

/* The number that a record holds; 0: it has no stack. */
static uint64_t stack_number(void)
{
	struct ctr_cell_stack cell;

	if (!(record.head.flags & CTR_CELL_STACK))
		return 0;
	memcpy(&cell,
	       record.payload + (record.head.ncells - 1) * CTR_CELL_SIZE - CTR_CELL_HEAD_SIZE,
	       sizeof(cell));
	return cell.stack;
}

static uint64_t addresses[CTR_STACK_MAX_DEPTH];

/* The frames of the next call's stack. */
static unsigned int next_stack(void)
{
	struct ctr_stacks *stacks;
	const uint64_t *words;
	uint64_t at;
	unsigned int n;

	if (!ring.ring)
		ring = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&ring, &record));
	at = stack_number();
	ck_assert_uint_ne(at, 0);
	stacks = stacks_of(0);
	words = (const uint64_t *)((const char *)stacks + stacks->header_size);
	ck_assert_uint_eq(words[at] & ~0xffffull, CTR_STACK_HEAD);
	n = words[at] & 0xffff;
	ck_assert_uint_le(n, DEPTH);
	memcpy(addresses, words + at + 1, n * sizeof(*words));
	return n;
}

/* Where each function of walks.h ends, none of which has 256 bytes. */
static bool lies_in(uint64_t address, const void *function)
{
	return address - 1 - (uint64_t)function < 256;
}

static __attribute__((noinline)) void call(void)
{
	fixture_call(1);
	__asm__ __volatile__("" : : : "memory");
}

/* ---- walks --------------------------------------------------------------------------------- */

START_TEST(a_stack_begins_with_the_caller)
{
	make();
	walks_plain(call);
	ck_assert_uint_ge(next_stack(), 3);
	ck_assert_uint_eq(addresses[0], record.head.caller);
	ck_assert(lies_in(addresses[0], call));
	ck_assert(lies_in(addresses[1], walks_plain));
}
END_TEST

START_TEST(a_stack_has_so_many_frames_at_most)
{
	make();
	walks_deep(40, call);
	ck_assert_uint_eq(next_stack(), DEPTH);
	for (unsigned int i = 1; i < DEPTH; i++)
		ck_assert(lies_in(addresses[i], walks_deep));
}
END_TEST

static __attribute__((noinline)) void call_realigned(void)
{
	walks_realigned(call);
	__asm__ __volatile__("" : : : "memory");
}

START_TEST(a_frame_of_any_size_is_walked)
{
	make();
	call_realigned();
	ck_assert_uint_ge(next_stack(), 4);
	ck_assert(lies_in(addresses[1], walks_alloca));
	ck_assert(lies_in(addresses[2], walks_realigned));
	ck_assert(lies_in(addresses[3], call_realigned));
}
END_TEST

#ifdef HAVE_LIBUNWIND
static void *witnessed[DEPTH];
static int nwitnessed;

static __attribute__((noinline)) void call_witnessed(void)
{
	void *library = dlopen("libunwind.so.8", RTLD_NOW);
	int (*backtrace)(void **, int);

	ck_assert_ptr_nonnull(library);
	*(void **)&backtrace = dlsym(library, "unw_backtrace");
	nwitnessed = backtrace(witnessed, DEPTH);
	fixture_call(1);
	__asm__ __volatile__("" : : : "memory");
}

static __attribute__((noinline)) void realigned_witnessed(void)
{
	walks_realigned(call_witnessed);
	__asm__ __volatile__("" : : : "memory");
}

/* The first is the call itself, which they were asked at different places of. */
START_TEST(libunwind_finds_the_same_frames)
{
	unsigned int n;

	make();
	realigned_witnessed();
	n = next_stack();
	ck_assert_uint_ge(n, 5);
	ck_assert_int_ge(nwitnessed, (int)n);
	for (unsigned int i = 1; i < n; i++)
		ck_assert_uint_eq(addresses[i], (uint64_t)witnessed[i]);
}
END_TEST
#endif

#if defined(__x86_64__) /* what walks.c has in its assembly */
/* The one that called it must be found too. */
static void through(void (*walks)(walks_inner *), bool passable)
{
	unsigned int n;

	make();
	walks(call);
	n = next_stack();
	ck_assert(lies_in(addresses[1], walks));
	if (passable)
		ck_assert(n >= 3 && lies_in(addresses[2], through));
	else
		ck_assert_uint_eq(n, 2);
}

START_TEST(a_frame_without_tables_is_walked_by_its_frame_pointer)
{
	through(walks_no_tables, true);
}
END_TEST

START_TEST(a_frame_without_tables_or_frame_pointer_is_guessed)
{
	through(walks_no_tables_bad_fp, true);
}
END_TEST

START_TEST(tables_that_lead_to_nowhere_end_the_stack)
{
	through(walks_lying_fp, false);
}
END_TEST

START_TEST(tables_that_lead_beyond_the_stack_end_it)
{
	through(walks_lying_size, false);
}
END_TEST

START_TEST(tables_that_lead_nowhere_up_end_the_stack)
{
	through(walks_loop, false);
}
END_TEST

START_TEST(code_made_at_run_time_is_walked_through)
{
	walks_inner *made = walks_make_code();
	unsigned int n;

	make();
	if (!made)
		return;
	walks_code_calls = call;
	walks_plain(made);
	n = next_stack();
	ck_assert_uint_ge(n, 4);
	/* Where functions have frame pointers, that of the made code's caller leads past it. */
	ck_assert(lies_in(addresses[3], walks_plain) || lies_in(addresses[2], walks_plain));
}
END_TEST

#endif

/* ---- signals ------------------------------------------------------------------------------- */

static void handle(int signal)
{
	(void)signal;
	call();
	__asm__ __volatile__("" : : : "memory");
}

static void on_signal(int signal, int flags)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = flags };

	ck_assert_int_eq(sigaction(signal, &action, NULL), 0);
}

static void raise_it(void)
{
	raise(SIGUSR1);
	__asm__ __volatile__("" : : : "memory");
}

static bool holds(unsigned int n, const void *function)
{
	for (unsigned int i = 0; i < n; i++)
		if (lies_in(addresses[i], function))
			return true;
	return false;
}

START_TEST(a_stack_goes_on_below_a_handler)
{
	unsigned int n;

	make();
	on_signal(SIGUSR1, 0);
	walks_plain(raise_it);
	n = next_stack();
	ck_assert(lies_in(addresses[1], handle));
	ck_assert(holds(n, raise_it));
	ck_assert(holds(n, walks_plain));
}
END_TEST

#if defined(__x86_64__)
static sigjmp_buf after_fault;

static void handle_fault(int signal)
{
	(void)signal;
	call();
	siglongjmp(after_fault, 1);
}

/* Its first instruction faults: the address goes on where the function begins. */
void fault_at_once(void);
__asm__(".text\n.globl fault_at_once\n.type fault_at_once, @function\nfault_at_once:\n"
	".cfi_startproc\nmovl $1, 8\nret\n.cfi_endproc\n.size fault_at_once, . - fault_at_once\n");

START_TEST(an_interrupted_frame_is_told_from_the_one_before)
{
	struct sigaction action = { .sa_handler = handle_fault };
	unsigned int n;

	make();
	sigaction(SIGSEGV, &action, NULL);
	if (!sigsetjmp(after_fault, 1))
		walks_plain(fault_at_once);
	n = next_stack();
	ck_assert(holds(n, walks_plain));
	ck_assert(holds(n, fault_at_once));
	for (unsigned int i = 0; i < n; i++)
		ck_assert_uint_ne(addresses[i], (uint64_t)fault_at_once);
}
END_TEST

#endif

/* The smallest that the kernel lets a handler have, and a little for the call. */
START_TEST(a_small_signal_stack_is_enough)
{
	const size_t page = 4096, size = 2 * page;
	char *room =
		mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack_t stack = { .ss_sp = room + page, .ss_size = size };
	unsigned int n;

	make();
	/* What the first call of a thread needs is not what is measured. */
	call();
	ck_assert_int_eq(mprotect(room, page, PROT_NONE), 0);
	ck_assert_int_eq(sigaltstack(&stack, NULL), 0);
	on_signal(SIGUSR1, SA_ONSTACK);
	walks_plain(raise_it);
	next_stack();
	n = next_stack();
	ck_assert(holds(n, walks_plain));
	/* Most of it was never written to. */
	for (size_t i = 0; i < page; i++)
		ck_assert_int_eq(stack.ss_sp ? ((char *)stack.ss_sp)[i] : 1, 0);
}
END_TEST

/* A handler that interrupts a walk gets no stack of its own, and spoils none. */
static volatile bool stop_storm;

static void *storm(void *thread)
{
	while (!stop_storm)
		pthread_kill(*(pthread_t *)thread, SIGUSR1);
	return NULL;
}

START_TEST(handlers_within_walks_do_no_harm)
{
	pthread_t self = pthread_self(), other;
	volatile struct ctr_stacks *stacks;
	uint64_t with = 0, all = 0;

	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP,
						 .ring_bytes = 16 << 20 });
	ask(DEPTH, 256 << 10, FIXTURE_FUNCTION);
	on_signal(SIGUSR1, 0);
	call();
	stacks = stacks_of(0);
	ck_assert_int_eq(pthread_create(&other, NULL, storm, &self), 0);
	/* Until one has come in the midst of a walk; it does not take long. */
	for (int i = 0; i < 20000 || (i < 1000000 && stacks->cut == 0); i++)
		walks_deep((unsigned int)i % 8, call);
	stop_storm = true;
	pthread_join(other, NULL);
	ring = fixture_ring_open(0, 0);
	fixture_expect_balanced(&ring);
	while (fixture_next_call(&ring, &record)) {
		all++;
		with += stack_number() != 0;
	}
	ck_assert_uint_gt(all, 20000);
	ck_assert_uint_gt(stacks->cut, 0);
	ck_assert_uint_ge(with + stacks->cut, all);
}
END_TEST

/* ---- what is kept -------------------------------------------------------------------------- */

/* From one place. */
static void call_twice(void)
{
	for (volatile int i = 0; i < 2; i++)
		call();
}

START_TEST(a_stack_is_stored_once)
{
	uint64_t first, used;

	make();
	walks_plain(call_twice);
	next_stack();
	first = stack_number();
	used = stacks_of(0)->used;
	next_stack();
	ck_assert_uint_eq(stack_number(), first);
	for (int i = 0; i < 100; i++)
		walks_deep(3, call);
	walks_plain(call_twice);
	next_stack();
	ck_assert_uint_ne(stack_number(), first);
	/* Of the two, one has at most DEPTH more words. */
	ck_assert_uint_le(stacks_of(0)->used, used + 2 * (DEPTH + 1));
}
END_TEST

START_TEST(only_selected_functions_have_stacks)
{
	make_with(0, CTR_OVERFLOW_DROP);
	ask(DEPTH, 256 << 10, FIXTURE_FUNCTION + 1);
	call();
	ring = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&ring, &record));
	ck_assert_uint_eq(stack_number(), 0);
	ck_assert_uint_eq(record.head.ncells, 1);
	ck_assert_uint_eq(fixture_slot(0)->stacks, CTR_STACKS_KEPT);
}
END_TEST

START_TEST(the_record_is_as_ever_but_a_cell_longer)
{
	make();
	fixture_call_around(3, 77, NULL, NULL);
	ring = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&ring, &record));
	ck_assert(record.committed);
	ck_assert_uint_eq(record.head.ncells, 4);
	ck_assert_uint_eq(record.head.flags, CTR_CELL_OUTPUTS | CTR_CELL_STACK);
	ck_assert_int_eq(record.head.result, 77);
	ck_assert_uint_eq(fixture_argument(&record), 77);
	ck_assert_uint_ne(stack_number(), 0);
	fixture_expect_balanced(&ring);
}
END_TEST

START_TEST(errno_stays)
{
	make();
	errno = 4711;
	walks_plain(call);
	walks_deep(20, call);
	ck_assert_int_eq(errno, 4711);
}
END_TEST

START_TEST(more_stacks_than_there_is_room_for_are_counted)
{
	struct ctr_stacks *stacks;
	uint64_t without = 0;

	fixture_make(
		&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP, .ring_bytes = 4 << 20 });
	ask(CTR_STACK_MAX_DEPTH, 64 << 10, FIXTURE_FUNCTION);
	for (unsigned int i = 0; i < 200; i++)
		walks_deep(i, call);
	ring = fixture_ring_open(0, 0);
	stacks = stacks_of(0);
	while (fixture_next_call(&ring, &record))
		without += stack_number() == 0;
	ck_assert_uint_gt(without, 0);
	ck_assert_uint_lt(without, 200);
	ck_assert_uint_eq(stacks->lost, without);
	ck_assert_uint_le(stacks->used, stacks->nwords);
	fixture_expect_balanced(&ring);
}
END_TEST

START_TEST(without_room_for_stacks_calls_are_recorded_without)
{
	make_with(48 << 10, CTR_OVERFLOW_DROP);
	ask(DEPTH, 256 << 10, FIXTURE_FUNCTION);
	call();
	ck_assert_uint_eq(fixture_slot(0)->stacks, CTR_STACKS_NO_ROOM);
	ck_assert_uint_eq(fixture_count("stacks."), 0);
	ring = fixture_ring_open(0, 0);
	ck_assert(fixture_next_call(&ring, &record));
	ck_assert_uint_eq(stack_number(), 0);
}
END_TEST

START_TEST(a_file_that_is_cut_off_costs_stacks)
{
	const struct ctr_process *p;
	unsigned int with = 0;
	char name[96];

	make();
	call();
	p = fixture_slot(0);
	snprintf(name, sizeof(name), "stacks.%u.%llu.%u", p->pid, (unsigned long long)p->start_time,
		 p->exec_count);
	ck_assert_int_eq(truncate(fixture_path(name), 0), 0);
	for (int i = 0; i < 10; i++)
		call();
	ck_assert_uint_eq(p->stacks, CTR_STACKS_CUT_OFF);
	ring = fixture_ring_open(0, 0);
	for (int i = 0; i < 11; i++) {
		ck_assert(fixture_next_call(&ring, &record));
		with += stack_number() != 0;
	}
	/* The one that touched the file first may still have its number. */
	ck_assert_uint_le(with, 2);
	fixture_expect_balanced(&ring);
}
END_TEST

START_TEST(settings_that_make_no_sense_are_none)
{
	make_with(0, CTR_OVERFLOW_DROP);
	ask(DEPTH, 100, FIXTURE_FUNCTION);
	call();
	ck_assert_uint_eq(fixture_slot(0)->stacks, CTR_STACKS_NONE);
	ck_assert_uint_eq(fixture_count("stacks."), 0);
}
END_TEST

START_TEST(a_flight_recorder_keeps_the_stacks_of_what_it_keeps)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_OVERWRITE,
						 .ring_bytes = 4096 });
	ask(DEPTH, 256 << 10, FIXTURE_FUNCTION);
	for (int i = 0; i < 1000; i++)
		walks_plain(call);
	ring = fixture_ring_open(0, 0);
	ck_assert_uint_gt(ring.at, 0);
	ck_assert_uint_ge(next_stack(), 2);
	ck_assert(lies_in(addresses[1], walks_plain));
}
END_TEST

START_TEST(a_child_keeps_its_own)
{
	int status;
	pid_t child;

	make();
	walks_plain(call);
	child = fork();
	if (child == 0) {
		walks_deep(2, call);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(fixture_slot(1)->stacks, CTR_STACKS_KEPT);
	ck_assert_uint_eq(fixture_count("stacks."), 2);
	ring = fixture_ring_open(1, 0);
	ck_assert(fixture_next_call(&ring, &record));
	ck_assert_uint_ne(stack_number(), 0);
	ck_assert_uint_gt(stacks_of(1)->used, 4);
}
END_TEST

static void *call_deeply(void *data)
{
	for (unsigned int i = 0; i < 2000; i++)
		walks_deep(i % 40, call);
	return data;
}

START_TEST(threads_share_stacks)
{
	pthread_t threads[8];

	make();
	for (unsigned int i = 0; i < 8; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, call_deeply, NULL), 0);
	for (unsigned int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	/* At most two of each are stored, when they are new to two threads at once: rarely more. */
	ck_assert_uint_lt(stacks_of(0)->used, 40 * 8 * (DEPTH + 1));
	ck_assert_uint_eq(stacks_of(0)->lost, 0);
}
END_TEST

/*
 * Sanitizers make functions longer than what lies_in() expects and frames larger than a small
 * signal stack: these are for builds without.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PLAIN_BUILD 0
#else
#define PLAIN_BUILD 1
#endif
#define plain_test(s, test)                  \
	do {                                 \
		if (PLAIN_BUILD)             \
			suite_test(s, test); \
	} while (0)

Suite *test_suite(void)
{
	Suite *s = suite_create("stack");

	plain_test(s, a_stack_begins_with_the_caller);
	plain_test(s, a_stack_has_so_many_frames_at_most);
	plain_test(s, a_frame_of_any_size_is_walked);
#ifdef HAVE_LIBUNWIND
	plain_test(s, libunwind_finds_the_same_frames);
#endif
#if defined(__x86_64__)
	plain_test(s, a_frame_without_tables_is_walked_by_its_frame_pointer);
	plain_test(s, a_frame_without_tables_or_frame_pointer_is_guessed);
	plain_test(s, tables_that_lead_to_nowhere_end_the_stack);
	plain_test(s, tables_that_lead_beyond_the_stack_end_it);
	plain_test(s, tables_that_lead_nowhere_up_end_the_stack);
	suite_test(s, code_made_at_run_time_is_walked_through);
	suite_test(s, an_interrupted_frame_is_told_from_the_one_before);
#endif
	plain_test(s, a_stack_goes_on_below_a_handler);
	plain_test(s, a_small_signal_stack_is_enough);
	suite_test(s, handlers_within_walks_do_no_harm);
	suite_test(s, a_stack_is_stored_once);
	suite_test(s, only_selected_functions_have_stacks);
	suite_test(s, the_record_is_as_ever_but_a_cell_longer);
	suite_test(s, errno_stays);
	suite_test(s, more_stacks_than_there_is_room_for_are_counted);
	suite_test(s, without_room_for_stacks_calls_are_recorded_without);
	suite_test(s, a_file_that_is_cut_off_costs_stacks);
	suite_test(s, settings_that_make_no_sense_are_none);
	plain_test(s, a_flight_recorder_keeps_the_stacks_of_what_it_keeps);
	suite_test(s, a_child_keeps_its_own);
	suite_test(s, threads_share_stacks);
	return s;
}
