/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that record at once share nothing that they write: however many there are, a record costs
 * each of them the same, as long as there is a processor for each.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench_record.h"
#include "collect/collector.h"
#include "collect/session.h"
#include "record/record.h"
#include "unit/record/fixture.h"

#define BATCH   1000
#define BATCHES 200
/* Made before a batch is timed, as a pause leaves nothing in the caches. */
#define WARM 100
/* Calls that all threads together make in a second, so that one collector keeps up with them. */
#define COLLECTED_RATE 2e6

struct thread {
	pthread_t id;
	int number;
	double pause; /* ns between two batches; 0: the thread empties its ring itself */
	double times[BATCHES];
	uint64_t lost;
};

static struct thread threads[BENCH_THREADS];
static pthread_barrier_t start;

/* One after the other onto the processors that the process may use. */
static void stay_on_processor(int number)
{
	cpu_set_t allowed, one;
	int count;

	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return;
	count = CPU_COUNT(&allowed);
	number %= count;
	CPU_ZERO(&one);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &allowed) && number-- == 0)
			CPU_SET(i, &one);
	}
	/* Without it the figures only vary more. */
	sched_setaffinity(0, sizeof(one), &one);
}

static void pause_for(double ns)
{
	struct timespec t = { .tv_sec = (time_t)(ns / 1e9), .tv_nsec = (long)ns % 1000000000 };

	nanosleep(&t, NULL);
}

static void *record(void *data)
{
	struct thread *t = data;

	stay_on_processor(t->number);
	bench_run("1", 1);
	pthread_barrier_wait(&start);
	for (int i = 0; i < BATCHES && rec_tls.self; i++) {
		double begin;

		if (t->pause > 0)
			pause_for(t->pause);
		else
			bench_consume(rec_tls.self->ring);
		bench_run("1", WARM);
		begin = bench_now();
		bench_run("1", BATCH);
		t->times[i] = (bench_now() - begin) / BATCH;
	}
	t->lost = rec_tls.self ? rec_tls.self->ring->lost_full : BATCHES;
	return NULL;
}

static void run_threads(const char *what, int n, double pause)
{
	static double all[BENCH_THREADS * BATCHES];
	uint64_t lost = 0;
	size_t count = 0;

	pthread_barrier_init(&start, NULL, (unsigned int)n);
	for (int i = 0; i < n; i++) {
		threads[i].number = i;
		threads[i].pause = pause;
		if (pthread_create(&threads[i].id, NULL, record, &threads[i]) != 0) {
			perror("pthread_create");
			exit(1);
		}
	}
	for (int i = 0; i < n; i++) {
		pthread_join(threads[i].id, NULL);
		memcpy(all + count, threads[i].times, sizeof(threads[i].times));
		count += BATCHES;
		lost += threads[i].lost;
	}
	qsort(all, count, sizeof(all[0]), bench_compare);
	printf("%-9s %3d threads  median %6.1f ns  p10 %6.1f  p90 %6.1f\n", what, n, all[count / 2],
	       all[count / 10], all[count - count / 10]);
	if (lost)
		printf("%llu calls were lost: the figures are worthless\n",
		       (unsigned long long)lost);
}

void bench_threads(int n)
{
	fixture_make(&(struct fixture_settings){ .overflow = CTR_OVERFLOW_DROP });
	run_threads("alone", n, 0);
	fixture_remove();
}

/* The collector's process: this one. */
static int collect(struct col_session *session, pid_t child)
{
	const struct col_run_info run = { .tool_version = "bench", .command = "bench_record" };
	const struct col_end_info end = { .exit_status = 0 };
	static struct collector c;
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC), status;

	if (fd < 0 || col_begin(&c, session, fd, "/tmp", &run))
		return -1;
	while (waitpid(child, &status, WNOHANG) == 0)
		usleep(col_poll(&c));
	if (col_finish(&c, &end))
		return -1;
	col_free(&c);
	return status;
}

void bench_threads_collected(int n)
{
	const struct col_settings settings = { .overflow = CTR_OVERFLOW_DROP,
					       .ring_bytes = 4 << 20 };
	static struct col_session session;
	int error = col_session_create(&session, &settings);
	pid_t child;

	if (error) {
		fprintf(stderr, "bench_record: no session: %s\n", strerror(-error));
		exit(1);
	}
	fflush(stdout);
	child = fork();
	if (child == 0) {
		/* Not to outlive a collector that fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fixture_setup.session = session.path;
		run_threads("collected", n, n * (BATCH + WARM) / COLLECTED_RATE * 1e9);
		fflush(stdout);
		_exit(0);
	}
	if (child < 0 || collect(&session, child) != 0) {
		fprintf(stderr, "bench_record: the collector or its program failed\n");
		exit(1);
	}
	col_session_close(&session, true);
}
