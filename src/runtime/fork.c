/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pair of fork handlers for all locks of the runtime. A child made by a bare clone or vfork
 * skips them; such a child has no business in CUDA before it executes another program.
 */
#include "runtime/fork.h"

#include <stdbool.h>
#include <stddef.h>

#define MAX_LOCKS 32

struct entry {
	pthread_mutex_t *lock;
	void (*in_child)(void);
	bool table;
};

/* Written by constructors alone, so it needs no lock of its own. */
static struct entry entries[MAX_LOCKS];
static int nentries;

/* Tables' locks are leaves: no thread holds two, so that any order will do. */
static void before_fork(void)
{
	for (int i = 0; i < nentries; i++) {
		if (entries[i].table)
			pthread_mutex_lock(entries[i].lock);
	}
}

static void after_fork_in_parent(void)
{
	for (int i = 0; i < nentries; i++) {
		if (entries[i].table)
			pthread_mutex_unlock(entries[i].lock);
	}
}

static void after_fork_in_child(void)
{
	/* Recursive serves those that are and those that need not be. */
	static const pthread_mutex_t fresh = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

	for (int i = 0; i < nentries; i++) {
		if (entries[i].in_child != NULL)
			entries[i].in_child();
		/* This thread holds the tables' locks; who held the others is not here. */
		if (entries[i].table)
			pthread_mutex_unlock(entries[i].lock);
		else
			*entries[i].lock = fresh;
	}
}

static void add(struct entry entry)
{
	/* Fails only for want of memory; then a fork is as dangerous as it is without us. */
	if (nentries == 0)
		pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
	if (nentries < MAX_LOCKS)
		entries[nentries++] = entry;
}

void rt_fork_lock(pthread_mutex_t *lock)
{
	add((struct entry){ .lock = lock });
}

void rt_fork_table(pthread_mutex_t *lock, void (*in_child)(void))
{
	add((struct entry){ .lock = lock, .in_child = in_child, .table = true });
}
