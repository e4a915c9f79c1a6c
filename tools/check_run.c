/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start and wait. Signals come through a signalfd, for two reasons: waiting for the program, its
 * timeout and an impatient user is one poll, and no handler has to clean up.
 */
#include "check_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "util/xalloc.h"

/* What was asked to end gets so long before it is killed. */
#define GRACE_NS 3000000000u

#define NEVER UINT64_MAX

static int signals = -1;
static int interrupted;
static sigset_t original_mask;
static struct sigaction original_chld;

/* SIGCHLD ignored, as a careless parent leaves it, would reap the program before we do. */
int check_signals_begin(void)
{
	static const int list[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		sigaddset(&set, list[i]);
	sigaction(SIGCHLD, &standard, &original_chld);
	sigprocmask(SIG_BLOCK, &set, &original_mask);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signals < 0 ? -errno : 0;
}

void check_signals_end(void)
{
	check_interrupted();
	if (signals >= 0)
		close(signals);
	signals = -1;
	sigaction(SIGCHLD, &original_chld, NULL);
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
}

int check_signals_fd(void)
{
	return signals;
}

int check_interrupted(void)
{
	struct signalfd_siginfo info;

	while (signals >= 0 && read(signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD && !interrupted)
			interrupted = (int)info.ssi_signo;
	return interrupted;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int open_files(const struct check_job *job, int fds[3])
{
	fds[0] = job->in ? open(job->in, O_RDONLY | O_CLOEXEC) : fcntl(0, F_DUPFD_CLOEXEC, 3);
	fds[1] = open(job->out, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	fds[2] = open(job->err, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	return fds[0] < 0 || fds[1] < 0 || fds[2] < 0 ? -errno : 0;
}

/* A text without #! is a shell script, to execvp and to every shell. */
static char **shell_words(const struct check_job *job)
{
	size_t count = 0;
	char **argv;

	while (job->argv[count])
		count++;
	argv = ut_xcalloc(count + 2, sizeof(*argv));
	argv[0] = (char *)"sh";
	argv[1] = (char *)job->path;
	for (size_t i = 1; i < count; i++)
		argv[i + 1] = job->argv[i];
	return argv;
}

/* In the child, which has our memory: only system calls. */
static _Noreturn void become(const struct check_job *job, char *const *shell, const int fds[3],
			     volatile int *error)
{
	setpgid(0, 0);
	for (int i = 0; i < 3; i++)
		dup2(fds[i], i);
	sigaction(SIGCHLD, &original_chld, NULL);
	sigprocmask(SIG_SETMASK, &original_mask, NULL);
	execve(job->path, job->argv, job->env);
	if (errno == ENOEXEC)
		execve("/bin/sh", shell, job->env);
	*error = errno;
	_exit(127);
}

/*
 * Not posix_spawn: that leaves signals ignored which the program would not find so without us. With
 * vfork we go on when the program has begun, and its start does not depend on our size.
 */
static int spawn(pid_t *pid, const struct check_job *job, const int fds[3])
{
	char **shell = shell_words(job);
	volatile int error = 0;

	*pid = vfork();
	if (*pid == 0)
		become(job, shell, fds, &error);
	if (*pid < 0)
		error = errno;
	else if (error)
		waitpid(*pid, NULL, 0);
	free(shell);
	return -error;
}

/* Until then: milliseconds for poll, rounded up so that it does not spin at the end. */
static int left_ms(uint64_t deadline)
{
	uint64_t now = now_ns(), ms;

	if (deadline == NEVER)
		return -1;
	ms = deadline > now ? (deadline - now + 999999) / 1000000 : 0;
	return ms > 1000000 ? 1000000 : (int)ms;
}

/* A stopped program takes SIGTERM only when it goes on. */
static void end_group(pid_t pid, int signal)
{
	kill(-pid, signal);
	if (signal != SIGKILL)
		kill(-pid, SIGCONT);
}

enum watch {
	WATCH_RUNS,
	WATCH_ENDED,
	WATCH_WANTS_TERMINAL
};

/* Not reaped yet: until then its pid names nobody else. */
static enum watch look_at(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid)
		return WATCH_ENDED;
	info.si_pid = 0;
	if (waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid &&
	    (info.si_status == SIGTTIN || info.si_status == SIGTTOU))
		return WATCH_WANTS_TERMINAL;
	return WATCH_RUNS;
}

struct stop {
	bool asked; /* to end, for whatever reason */
	bool timed_out;
	bool terminal;
};

/* Waits until it has ended, and sees to it that it does. */
static void watch(pid_t pid, uint64_t deadline, struct stop *stop)
{
	struct pollfd wait = { .fd = signals, .events = POLLIN };

	for (;;) {
		enum watch state = look_at(pid);
		int signal = 0;

		if (state == WATCH_ENDED)
			return;
		stop->terminal |= state == WATCH_WANTS_TERMINAL;
		if (!stop->asked && check_interrupted()) {
			signal = check_interrupted();
		} else if (!stop->asked && (stop->terminal || now_ns() >= deadline)) {
			stop->timed_out = !stop->terminal;
			signal = SIGTERM;
		} else if (now_ns() >= deadline) {
			signal = SIGKILL;
		}
		if (signal) {
			end_group(pid, signal);
			deadline = stop->asked ? NEVER : now_ns() + GRACE_NS;
			stop->asked = true;
			continue;
		}
		poll(&wait, 1, left_ms(deadline));
		check_interrupted();
	}
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void take_end(pid_t pid, const struct stop *stop, struct check_run *run)
{
	struct rusage usage;
	pid_t reaped;
	int status;

	do
		reaped = wait4(pid, &status, 0, &usage);
	while (reaped < 0 && errno == EINTR);
	if (reaped != pid)
		return;
	run->cpu = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	if (stop->timed_out)
		run->outcome = (struct check_outcome){ CHECK_TIMED_OUT, 0 };
	else if (WIFSIGNALED(status))
		run->outcome = (struct check_outcome){ CHECK_KILLED, WTERMSIG(status) };
	else
		run->outcome = (struct check_outcome){ CHECK_EXITED, WEXITSTATUS(status) };
}

int check_run(const struct check_job *job, struct check_run *run)
{
	struct stop stop = { .asked = false };
	int fds[3], error = open_files(job, fds);
	uint64_t began = now_ns(), deadline = NEVER;
	pid_t pid;

	*run = (struct check_run){ .wall = 0 };
	if (job->timeout_ns < NEVER - began)
		deadline = began + job->timeout_ns;
	if (!error)
		error = spawn(&pid, job, fds);
	for (int i = 0; i < 3; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (error)
		return error;
	watch(pid, deadline, &stop);
	run->wall = (double)(now_ns() - began) / 1e9;
	/* What it started would go on. */
	if (stop.asked)
		kill(-pid, SIGKILL);
	take_end(pid, &stop, run);
	if (check_interrupted())
		return -EINTR;
	return stop.terminal ? -ENOTTY : 0;
}

bool check_outcome_equal(const struct check_outcome *a, const struct check_outcome *b)
{
	return a->kind == b->kind && a->code == b->code;
}
