/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight_program WORD... - does in turn what the words say: calls=N, sleep=MS, wait=FILE (until it
 * is there), fail (a call), hang=MS (in a call), fork=WORD (in a child), abort, exit=N.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/cudart.h"

static void linger(void *data)
{
	usleep((useconds_t)(size_t)data * 1000);
}

static void hang(unsigned long ms)
{
	cudaStream_t stream;

	if (cudaStreamCreate(&stream) || cudaLaunchHostFunc(stream, linger, (void *)ms) ||
	    cudaStreamSynchronize(stream) || cudaStreamDestroy(stream))
		exit(99);
}

static void obey(const char *word)
{
	const char *value = strchr(word, '=');
	unsigned long n = value ? strtoul(++value, NULL, 10) : 0;
	void *p;

	if (!strncmp(word, "calls=", 6)) {
		while (n--)
			cudaGetLastError();
	} else if (!strncmp(word, "sleep=", 6)) {
		usleep((useconds_t)n * 1000);
	} else if (!strncmp(word, "wait=", 5)) {
		while (access(value, F_OK))
			usleep(2000);
	} else if (!strcmp(word, "fail")) {
		cudaMalloc(&p, (size_t)1 << 60);
	} else if (!strncmp(word, "hang=", 5)) {
		hang(n);
	} else if (!strncmp(word, "fork=", 5)) {
		pid_t pid = fork();

		if (!pid) {
			obey(value);
			exit(0);
		}
		waitpid(pid, NULL, 0);
	} else if (!strcmp(word, "abort")) {
		abort();
	} else if (!strncmp(word, "exit=", 5)) {
		exit((int)n);
	} else {
		fprintf(stderr, "flight_program: what is %s?\n", word);
		exit(99);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		obey(argv[i]);
	return 0;
}
