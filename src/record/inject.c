/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules are copied when the session is opened and never change. A forked child opens it anew and
 * counts from the beginning, as a program that was exec'd does.
 */
#include "record/inject.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "record/files.h"
#include "record/session.h"
#include "record/state.h"

#define NS 1000000000ull

uint32_t rec_inject_rules;

static struct ctr_inject table;

/* Calls so far, by function id. */
static uint64_t calls[CTR_SWITCH_FUNCTIONS];

/* ---- opening ------------------------------------------------------------------------------- */

/* What a damaged file says must not lead anywhere else. */
static bool is_sound(const struct ctr_inject *t)
{
	if (t->magic != CTR_INJECT_MAGIC || !t->nrules || t->nrules > CTR_INJECT_RULES)
		return false;
	for (unsigned int id = 0; id < CTR_SWITCH_FUNCTIONS; id++)
		if (t->rule[id] > t->nrules || t->counter[id] >= CTR_SWITCH_FUNCTIONS)
			return false;
	for (uint32_t i = 0; i < t->nrules; i++)
		if (!t->rules[i].first || !t->rules[i].step)
			return false;
	return true;
}

void rec_inject_open(int folder)
{
	int fd = rec_file_open(folder, "inject", sizeof(table));

	__atomic_store_n(&rec_inject_rules, 0, __ATOMIC_RELAXED);
	if (fd < 0)
		return;
	memset(calls, 0, sizeof(calls));
	if (pread(fd, &table, sizeof(table), 0) == (ssize_t)sizeof(table) && is_sound(&table))
		__atomic_store_n(&rec_inject_rules, table.nrules, __ATOMIC_RELEASE);
	close(fd);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* The first call of a process: rules are known when it has opened its session. */
static bool have_rules(void)
{
	struct rec_thread *self = rec_tls.self;

	/* Forked while a record was being reserved, whose loss is still to be counted. */
	if (rec_state() == REC_UNDECIDED && !(self && self->orphan && self->busy))
		rec_open();
	return rec_state() == REC_ON && __atomic_load_n(&rec_inject_rules, __ATOMIC_ACQUIRE);
}

static bool is_meant(const struct ctr_inject_rule *rule, uint64_t call)
{
	return call >= rule->first && call <= rule->last && (call - rule->first) % rule->step == 0;
}

static void count(uint32_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

struct rec_injection rec_inject_slow(unsigned int function)
{
	struct rec_injection inject = { .rule = NULL };
	const struct ctr_inject_rule *rule;
	uint64_t call;

	if (!have_rules() || !table.rule[function] || rec_gate(function) == REC_OFF)
		return inject;
	rule = &table.rules[table.rule[function] - 1];
	call = __atomic_add_fetch(&calls[table.counter[function]], 1, __ATOMIC_RELAXED);
	if (is_meant(rule, call)) {
		inject.rule = rule;
		inject.error = rule->error;
		inject.flag = REC_INJECTED;
		if (rec_process.slot)
			count(rule->error ? &rec_process.slot->injected
					  : &rec_process.slot->delayed);
	} else if (table.unselected[function / 8] >> function % 8 & 1) {
		inject.unrecorded = true;
		rec_tls.abi = 0; /* else it would be the next record's */
	}
	return inject;
}

/*
 * Until an instant, so that signals do not make it longer. By the system call itself: the function
 * is a cancellation point, and CUDA's are none.
 */
void rec_inject_wait(uint64_t ns)
{
	int saved_errno = errno;
	struct timespec until;

	if (!ns)
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ns / NS);
	until.tv_nsec += (long)(ns % NS);
	if (until.tv_nsec >= (long)NS) {
		until.tv_sec++;
		until.tv_nsec -= (long)NS;
	}
	while (syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) < 0 &&
	       errno == EINTR)
		;
	errno = saved_errno;
}
