/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nvtx_program WHAT - ranges and marks of every kind, with CUDA calls in them. Exits with 1 where
 * NVTX does not answer as it should with a tool; `none`: without one.
 */
#ifdef NVTX_HEADERS
#include <nvtx3/nvToolsExt.h>
#else
#include "nvtx_own.h"
#endif

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

int cudaMalloc(void **p, size_t size);
int cudaFree(void *p);
int cudaProfilerStart(void);
int cudaProfilerStop(void);

static void want(int line, long long got, long long wanted)
{
	if (got == wanted)
		return;
	fprintf(stderr, "line %d: %lld, not %lld\n", line, got, wanted);
	exit(1);
}
#define WANT(got, wanted) want(__LINE__, (got), (wanted))

/* A forked child's calls fail, and are recorded all the same. */
static int in_child;

/* A call that the trace tells by its size. */
static void call(size_t size)
{
	void *p = NULL;

	WANT(cudaMalloc(&p, size), in_child ? 3 : 0);
	if (!in_child)
		WANT(cudaFree(p), 0);
}

static nvtxEventAttributes_t attributes(const char *message)
{
	nvtxEventAttributes_t a;

	memset(&a, 0, sizeof(a));
	a.version = NVTX_VERSION;
	a.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
	a.messageType = NVTX_MESSAGE_TYPE_ASCII;
	a.message.ascii = message;
	return a;
}

static void *in_thread(void *data)
{
	(void)data;
	nvtxNameOsThreadA((uint32_t)syscall(SYS_gettid), "a worker with a long name");
	WANT(nvtxRangePushA("threads"), 0);
	call(3001);
	WANT(nvtxRangePop(), 0);
	return NULL;
}

static void everything(void)
{
	nvtxDomainHandle_t domain = nvtxDomainCreateA("library.io"), other;
	nvtxStringHandle_t name = nvtxDomainRegisterStringA(
		domain, "a registered name that is so long that no record would have had the room "
			"for all of it, and is there nevertheless");
	nvtxEventAttributes_t a;
	nvtxRangeId_t first, second;
	pthread_t thread;

	WANT(domain != NULL && name != NULL, 1);
	WANT(nvtxDomainCreateA("library.io") == domain, 1);
	WANT(nvtxDomainRegisterStringA(domain, "another") != name, 1);
	nvtxNameCategoryA(7, "loading");

	/* Levels count from 0, in each domain by themselves; a pop too many is an error. */
	WANT(nvtxRangePushA("outer"), 0);
	call(1001);
	WANT(nvtxRangePushW(L"inner \u00e4\u20ac\U0001f600"), 1);
	call(1002);
	a = attributes("in a domain");
	WANT(nvtxDomainRangePushEx(domain, &a), 0);
	call(1003);
	WANT(nvtxDomainRangePop(domain), 0);
	WANT(nvtxRangePop(), 1);
	WANT(nvtxRangePop(), 0);
	WANT(nvtxRangePop() < 0, 1);

	nvtxMarkA("a mark");
	nvtxMarkW(L"a wide mark");
	a = attributes("with everything");
	a.category = 7;
	a.colorType = NVTX_COLOR_ARGB;
	a.color = 0xff00ff80;
	a.payloadType = NVTX_PAYLOAD_TYPE_DOUBLE;
	a.payload.dValue = 2.5;
	WANT(nvtxRangePushEx(&a), 0);
	call(1004);
	WANT(nvtxRangePop(), 0);
	a.payloadType = NVTX_PAYLOAD_TYPE_INT32;
	a.payload.llValue = 0;
	a.payload.iValue = -42;
	a.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
	a.message.registered = name;
	nvtxDomainMarkEx(domain, &a);
	WANT(nvtxDomainRangePushEx(domain, &a), 0);
	WANT(nvtxDomainRangePop(domain), 0);
	WANT(nvtxRangePushA("\"quoted\"\n and a message that is longer than there is room for in a "
			    "record: it is cut, at a character's end \u00e4\u00e4\u00e4\u00e4"),
	     0);
	WANT(nvtxRangePop(), 0);
	WANT(nvtxRangePushEx(NULL), 0);
	WANT(nvtxRangePop(), 0);

	/* These need not nest, and may end elsewhere. */
	first = nvtxRangeStartA("started first");
	a = attributes("started second");
	second = nvtxDomainRangeStartEx(domain, &a);
	WANT(first != second && first && second, 1);
	call(1005);
	nvtxRangeEnd(first);
	call(1006);
	nvtxDomainRangeEnd(domain, second);

	nvtxDomainDestroy(domain);
	other = nvtxDomainCreateA("other");
	WANT(other != domain, 1);
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
}

static void work(const char *range, size_t size)
{
	call(size);
	WANT(nvtxRangePushA(range) >= 0, 1);
	call(size + 1);
	WANT(nvtxRangePop() >= 0, 1);
	call(size + 2);
}

static void *work_thread(void *data)
{
	work("step", (size_t)data);
	return NULL;
}

/* For --range nvtx:step: calls with even sizes are outside of such a range. */
static void ranges(void)
{
	nvtxDomainHandle_t domain = nvtxDomainCreateA("lib");
	nvtxEventAttributes_t a = attributes("step");
	nvtxRangeId_t range;
	pthread_t thread;
	pid_t child;

	work("other", 2);
	cudaProfilerStart();
	work("step", 10);
	cudaProfilerStop();
	WANT(nvtxRangePushA("step"), 0);
	work("step", 21);
	WANT(nvtxRangePop(), 0);
	call(30);
	range = nvtxRangeStartA("step");
	call(31);
	nvtxRangeEnd(range);
	call(32);
	WANT(nvtxDomainRangePushEx(domain, &a), 0);
	call(41);
	WANT(nvtxDomainRangePop(domain), 0);
	call(42);
	pthread_create(&thread, NULL, work_thread, (void *)50);
	pthread_join(thread, NULL);
	child = fork();
	if (!child) {
		in_child = 1;
		work("step", 60);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	call(70);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "everything")) {
		everything();
	} else if (!strcmp(what, "ranges")) {
		ranges();
	} else if (!strcmp(what, "killed")) {
		nvtxRangePushA("never popped");
		nvtxRangeStartA("never ended");
		call(1);
		raise(SIGKILL);
	} else if (!strcmp(what, "none")) {
		WANT(nvtxRangePushA("nobody listens"), -2);
		WANT(nvtxRangePop(), -2);
		WANT(nvtxDomainCreateA("nobody") == NULL, 1);
	} else {
		for (long i = 0; i < atol(what); i++) {
			nvtxRangePushA("many");
			nvtxRangePop();
		}
	}
	return 0;
}
