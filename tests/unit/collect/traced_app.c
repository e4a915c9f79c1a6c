/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for the shell tests of `curtrace record`: records calls into the session that
 * CURTRACE_SESSION names. Its arguments are steps:
 *
 *	calls=N		that many calls		launch=N	launches of a named kernel
 *	fail=N		calls that answer 2	nodriver=N	calls that answer 35
 *	lose=N		calls that find the ring full
 *	flight		begins a call and never ends it
 *	threads=N	N threads of 100 calls each
 *	fork=N		a child does the rest of the steps, after which we go on at step N behind
 *	sleep=MS	kill=SIGNAL		exit=STATUS
 *	mark=FILE	creates a file
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traced.h"

static struct traced process;
static struct traced_ring ring;
static bool opened;

static void open_session(void)
{
	const char *folder = getenv("CURTRACE_SESSION");

	if (!folder) {
		fputs("CURTRACE_SESSION is not set\n", stderr);
		exit(99);
	}
	traced_open(&process, folder, 0);
	traced_define(&process, CTR_DEF_KERNEL, TRACED_KERNEL_KEY, "name=vector_add\n", 0);
	traced_ring(&process, &ring, 4096, 0);
	opened = true;
}

static void make_calls(int n, enum traced_function function, int32_t result)
{
	for (int i = 0; i < n; i++)
		traced_call(&ring, function, result);
}

static void *thread_body(void *arg)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct traced_ring own;

	pthread_mutex_lock(&lock);
	traced_ring(&process, &own, 1024, 0);
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < 100; i++)
		traced_call(&own, TRACED_QUERY, i % 2 ? 600 : 0);
	return arg;
}

static void run_threads(int n)
{
	pthread_t threads[256];

	n = n < 256 ? n : 256;
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, thread_body, NULL);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

static bool step(const char *name, int n, const char *value)
{
	if (!strcmp(name, "calls"))
		make_calls(n, TRACED_MALLOC, 0);
	else if (!strcmp(name, "launch"))
		make_calls(n, TRACED_LAUNCH, 0);
	else if (!strcmp(name, "fail"))
		make_calls(n, TRACED_MALLOC, 2);
	else if (!strcmp(name, "nodriver"))
		make_calls(n, TRACED_MALLOC, 35);
	else if (!strcmp(name, "flight"))
		traced_begin(&ring, TRACED_FREE);
	else if (!strcmp(name, "threads"))
		run_threads(n);
	else if (!strcmp(name, "sleep"))
		usleep((useconds_t)n * 1000);
	else if (!strcmp(name, "kill"))
		raise(n);
	else if (!strcmp(name, "mark"))
		close(open(value, O_WRONLY | O_CREAT, 0600));
	else
		return false;
	return true;
}

static void leave(int status)
{
	if (opened)
		traced_exit(&process);
	exit(status);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		int n = value ? atoi(value + 1) : 0;

		if (value)
			*value++ = '\0';
		if (!strcmp(argv[i], "exit"))
			leave(n);
		if (!strcmp(argv[i], "fork")) {
			if (fork())
				i += n;
			else
				opened = false;
			continue;
		}
		if (!opened && strcmp(argv[i], "sleep") && strcmp(argv[i], "mark"))
			open_session();
		if (!strcmp(argv[i], "lose")) {
			for (int k = 0; k < n; k++)
				traced_lose(&ring);
			continue;
		}
		if (!step(argv[i], n, value)) {
			fprintf(stderr, "no such step: %s\n", argv[i]);
			return 99;
		}
	}
	leave(0);
}
