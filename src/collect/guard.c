/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handler for SIGBUS. The collector is one thread, which changes the list only where it touches
 * no guarded mapping, so that the handler never meets a list in change.
 */
#include "collect/guard.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "util/xalloc.h"

static struct col_guard *guards;

/* Any other SIGBUS comes again without the handler. */
static void handle(int number, siginfo_t *info, void *context)
{
	struct col_guard *g = guards;

	(void)context;
	while (g && (uintptr_t)info->si_addr - (uintptr_t)g->at >= g->size)
		g = g->next;
	if (g && info->si_code > 0 &&
	    mmap(g->at, g->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == g->at) {
		g->broken = true;
		return;
	}
	signal(number, SIG_DFL);
	if (info->si_code <= 0)
		raise(number);
}

struct col_guard *col_guard(void *at, size_t size)
{
	const struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO };
	struct col_guard *g = ut_xcalloc(1, sizeof(*g));

	if (!guards)
		sigaction(SIGBUS, &action, NULL);
	*g = (struct col_guard){ .next = guards, .at = at, .size = size };
	guards = g;
	return g;
}

void col_unguard(struct col_guard *guard)
{
	struct col_guard **link = &guards;

	while (*link && *link != guard)
		link = &(*link)->next;
	if (*link)
		*link = guard->next;
	free(guard);
}
