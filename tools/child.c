/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fork, exec, wait. No signal handlers: the signals of interest are blocked and taken with
 * sigtimedwait, which is also how the collector sleeps.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Dispositions that we change and the program gets back: it must start as if we were not there. */
static const int changed[] = { SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ, SIGCHLD };
#define NCHANGED (sizeof(changed) / sizeof(changed[0]))

static struct sigaction original[NCHANGED];
static sigset_t original_mask;

static void waited_for(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR1);
	sigaddset(set, SIGUSR2);
}

/* Before the fork: a signal that arrives in between would end us and leave the child waiting. */
static void signals_take(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, standard = { .sa_handler = SIG_DFL };
	sigset_t set;

	/* SIGCHLD ignored, as a careless parent leaves it, would reap the program before we do. */
	for (size_t i = 0; i < NCHANGED; i++)
		sigaction(changed[i], changed[i] == SIGCHLD ? &standard : &ignore, &original[i]);
	waited_for(&set);
	sigprocmask(SIG_BLOCK, &set, &original_mask);
}

void child_signals_restore(void)
{
	const struct timespec now = { 0, 0 };
	sigset_t set;

	/* What was sent to the whole group was meant for the program, which has had it. */
	waited_for(&set);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
	for (size_t i = 0; i < NCHANGED; i++)
		if (changed[i] != SIGPIPE && changed[i] != SIGXFSZ)
			sigaction(changed[i], &original[i], NULL);
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
}

/* In the child, between fork and exec. */
static _Noreturn void become(const char *path, char *const *argv, int go_fd, int error_fd)
{
	ssize_t n;
	char byte;

	for (size_t i = 0; i < NCHANGED; i++)
		sigaction(changed[i], &original[i], NULL);
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
	do
		n = read(go_fd, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(0);
	execv(path, argv);
	/* A text without #! is a shell script, to execvp and to every shell. */
	if (errno == ENOEXEC) {
		size_t count = 0;
		char **shell;

		while (argv[count])
			count++;
		shell = malloc((count + 2) * sizeof(*shell));
		if (shell) {
			shell[0] = (char *)"sh";
			shell[1] = (char *)path;
			for (size_t i = 1; i <= count; i++)
				shell[i + 1] = argv[i];
			execv("/bin/sh", shell);
		}
	}
	n = write(error_fd, &errno, sizeof(errno));
	_exit(127);
}

/* Descriptors are closed by exec, so that the program gets none of ours. */
int child_prepare(struct child *c, const char *path, char *const *argv)
{
	int go[2], error[2];

	*c = (struct child){ .pid = -1, .go_fd = -1, .error_fd = -1 };
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(error, O_CLOEXEC)) {
		close(go[0]);
		close(go[1]);
		return -errno;
	}
	fflush(NULL);
	signals_take();
	c->pid = fork();
	if (c->pid == 0) {
		close(go[1]);
		close(error[0]);
		become(path, argv, go[0], error[1]);
	}
	close(go[0]);
	close(error[1]);
	c->go_fd = go[1];
	c->error_fd = error[0];
	if (c->pid > 0)
		return 0;
	child_cancel(c);
	return -EAGAIN;
}

/* The pid is given back to the system here: nothing may be sent to it afterwards. */
static int reap(struct child *c, int flags)
{
	pid_t pid;

	do
		pid = waitpid(c->pid, &c->status, flags);
	while (pid < 0 && errno == EINTR);
	if (pid == c->pid)
		c->ended = true;
	return pid == c->pid;
}

/* Orphans of the command have become our children: see child_adopt. */
static bool reap_any(struct child *c)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid < 0 && errno == EINTR)) {
		if (pid != c->pid)
			continue;
		c->status = status;
		c->ended = true;
	}
	return pid == 0;
}

void child_adopt(struct child *c)
{
	c->adopts = !prctl(PR_SET_CHILD_SUBREAPER, 1);
}

bool child_others_run(struct child *c)
{
	return c->adopts && reap_any(c);
}

/*
 * The pipe's other end is closed by a successful exec, which tells the two cases apart without a
 * race.
 */
int child_go(struct child *c)
{
	int error = 0;
	ssize_t n;

	n = write(c->go_fd, "", 1);
	close(c->go_fd);
	c->go_fd = -1;
	/* End of file: exec has closed it. */
	do
		n = read(c->error_fd, &error, sizeof(error));
	while (n < 0 && errno == EINTR);
	close(c->error_fd);
	c->error_fd = -1;
	if (n != sizeof(error))
		return 0;
	reap(c, 0);
	return error;
}

void child_cancel(struct child *c)
{
	if (c->go_fd >= 0)
		close(c->go_fd);
	if (c->error_fd >= 0)
		close(c->error_fd);
	if (c->pid > 0)
		reap(c, 0);
	c->go_fd = c->error_fd = -1;
	child_signals_restore();
}

static void hand_on(struct child *c, const siginfo_t *info)
{
	if (c->takes_usr2 && info->si_signo == SIGUSR2) {
		c->asked++;
		return;
	}
	/* The kernel's own SIGHUP, of a terminal that is gone, went to the whole group. */
	if (info->si_code == SI_KERNEL && getpgid(c->pid) == getpgrp())
		return;
	kill(c->pid, info->si_signo);
}

/* SIGCHLD only wakes us; that it was the program, and that it ended, waitpid says. */
bool child_wait(struct child *c, unsigned int us)
{
	const struct timespec timeout = {
		.tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000L,
	};
	siginfo_t info;
	sigset_t set;
	int signal;

	if (c->ended)
		return true;
	waited_for(&set);
	signal = sigtimedwait(&set, &info, &timeout);
	/* Only while it is not reaped is its pid its own. */
	if (signal > 0 && signal != SIGCHLD)
		hand_on(c, &info);
	if (!c->adopts)
		return reap(c, WNOHANG);
	reap_any(c);
	return c->ended;
}

/* What is blocked waits for us even where it is ignored. */
bool child_interrupted(struct child *c, unsigned int us)
{
	const struct timespec timeout = {
		.tv_sec = us / 1000000,
		.tv_nsec = us % 1000000 * 1000L,
	};
	sigset_t set;
	int signal;

	waited_for(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGQUIT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal = sigtimedwait(&set, NULL, &timeout);
	c->asked += c->takes_usr2 && signal == SIGUSR2;
	return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM || signal == SIGHUP;
}

/* A shell, make, a batch system: all look at how a command died and not only that it failed. */
int child_exit_like(int status)
{
	const struct rlimit none = { 0, 0 };
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t set;

	if (!signal)
		return WEXITSTATUS(status);
	/* The program has left its core, where cores are wanted: ours would bury it. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	fflush(NULL);
	sigaction(signal, &standard, NULL);
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal);
	_exit(128 + signal);
}
