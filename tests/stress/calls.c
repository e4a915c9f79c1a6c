/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that makes calls and keeps a count of its own, in a file that is mapped, so that it is
 * right up to the instant at which the program is killed. Without the preload library there is
 * nothing to call, and everything else is the same.
 *
 *	calls FILE [threads=N] [calls=N] [processes=N] [at-once] [in-turn] [say] [exit=N]
 *		[go=FILE] [linger=MS]
 *
 * calls: of each thread, 0: without end. processes: children that do the same. at-once: threads or
 * processes go on when all of them have made a call; in-turn: processes one after the other. say:
 * prints what it did. go: waits for that file before it begins. linger: before it ends.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "progress.h"

static struct progress *progress;
static unsigned int threads = 1, processes, status;
static unsigned long long calls = 1000;
static unsigned int linger_ms;
static const char *go;
static int at_once, in_turn, say;
static const char *(*call)(int);

static void make_barrier(void)
{
	pthread_barrierattr_t shared;

	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&progress->barrier, &shared, threads * (processes ? processes : 1));
}

/* The number of the call is its argument. */
static void *make_calls(void *arg)
{
	uint32_t number = __atomic_fetch_add(&progress->used, 1, __ATOMIC_RELAXED);
	struct progress_thread *t = &progress->thread[number];

	(void)arg;
	if (number >= PROGRESS_THREADS)
		return NULL;
	t->pid = (uint32_t)getpid();
	t->tid = (uint32_t)gettid();
	for (uint64_t i = 1; i <= calls || !calls; i++) {
		__atomic_store_n(&t->begun, i, __ATOMIC_RELEASE);
		if (call)
			call((int)i);
		__atomic_store_n(&t->done, i, __ATOMIC_RELEASE);
		if (i == 1 && at_once)
			pthread_barrier_wait(&progress->barrier);
	}
	return NULL;
}

static void run(void)
{
	pthread_t *thread = calloc(threads, sizeof(*thread));
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (unsigned int i = 1; i < threads; i++)
		if (pthread_create(&thread[i], &small, make_calls, NULL)) {
			perror("pthread_create");
			exit(99);
		}
	make_calls(NULL);
	for (unsigned int i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	usleep(linger_ms * 1000);
}

static void child(void)
{
	run();
	exit((int)status);
}

static void run_processes(void)
{
	for (unsigned int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid == 0)
			child();
		if (pid < 0) {
			perror("fork");
			exit(99);
		}
		if (in_turn)
			waitpid(pid, NULL, 0);
	}
	while (wait(NULL) > 0)
		;
}

static void parse(const char *word)
{
	const char *value = strchr(word, '=');
	unsigned long long n = value ? strtoull(value + 1, NULL, 10) : 0;

	at_once |= !strcmp(word, "at-once");
	in_turn |= !strcmp(word, "in-turn");
	say |= !strcmp(word, "say");
	if (!strncmp(word, "threads=", 8))
		threads = (unsigned int)n;
	else if (!strncmp(word, "calls=", 6))
		calls = n;
	else if (!strncmp(word, "processes=", 10))
		processes = (unsigned int)n;
	else if (!strncmp(word, "linger=", 7))
		linger_ms = (unsigned int)n;
	else if (!strncmp(word, "go=", 3))
		go = value + 1;
	else if (!strncmp(word, "exit=", 5))
		status = (unsigned int)n;
}

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;

	if (fd < 0 || ftruncate(fd, sizeof(*progress))) {
		fputs("usage: calls FILE [WORD]...\n", stderr);
		return 99;
	}
	progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	for (int i = 2; i < argc; i++)
		parse(argv[i]);
	make_barrier();
	*(void **)&call = dlsym(RTLD_DEFAULT, "cudaGetErrorString");
	__atomic_store_n(&progress->pid, (uint32_t)getpid(), __ATOMIC_RELEASE);
	while (go && access(go, F_OK))
		usleep(1000);
	if (processes)
		run_processes();
	else
		run();
	if (say)
		printf("%u threads, %llu calls each\n", threads, calls);
	return (int)status;
}
