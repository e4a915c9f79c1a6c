/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User objects: something of the application's that graphs keep alive. When the last reference
 * goes, the application's destructor is called on a thread of the driver's, at no particular time.
 */
#include "sim/graph.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct CUuserObject_st {
	unsigned long long refs;
	CUhostFn destroy;
	void *data;
	CUuserObject next; /* among those whose destructor is to be called */
};

/* References of one graph. Its executable copies and their launches share or copy them. */
struct sim_keep {
	unsigned int refs;
	unsigned int count;
	struct kept {
		CUuserObject object;
		unsigned int refs;
	} * kept;
};

/* Waiting for their destructors, the last first; reaping: a thread is at it. */
static CUuserObject doomed;
static bool reaping;

static void *reap(void *unused)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	sim_lock();
	while (doomed) {
		CUuserObject object = doomed;

		doomed = object->next;
		sim_unlock();
		sim_call_host(object->destroy, object->data);
		free(object);
		sim_lock();
	}
	reaping = false;
	sim_unlock();
	return unused;
}

/* Destructors are the application's code, so none is called under the lock. */
static void start_reaper(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	if (reaping)
		return;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	reaping = pthread_create(&thread, &attributes, reap, NULL) == 0;
	pthread_attr_destroy(&attributes);
}

static void release(CUuserObject object, unsigned long long count)
{
	/* More than there are: NVIDIA's R580 takes it without effect. */
	if (count > object->refs)
		return;
	object->refs -= count;
	if (object->refs)
		return;
	sim_handle_remove(object);
	object->next = doomed;
	doomed = object;
	start_reaper();
}

struct sim_keep *sim_keep_new(void)
{
	struct sim_keep *keep = calloc(1, sizeof(*keep));

	if (keep)
		keep->refs = 1;
	return keep;
}

struct sim_keep *sim_keep_hold(struct sim_keep *keep)
{
	if (keep)
		keep->refs++;
	return keep;
}

/* One reference for each object is enough for a copy. */
struct sim_keep *sim_keep_copy(const struct sim_keep *keep)
{
	struct sim_keep *copy = keep && keep->count ? sim_keep_new() : NULL;

	if (!copy)
		return NULL;
	copy->kept = malloc(keep->count * sizeof(*copy->kept));
	for (unsigned int i = 0; copy->kept && i < keep->count; i++) {
		copy->kept[copy->count].object = keep->kept[i].object;
		copy->kept[copy->count++].refs = 1;
		keep->kept[i].object->refs++;
	}
	return copy;
}

void sim_keep_drop(struct sim_keep *keep)
{
	if (!keep || --keep->refs)
		return;
	for (unsigned int i = 0; i < keep->count; i++)
		release(keep->kept[i].object, keep->kept[i].refs);
	free(keep->kept);
	free(keep);
}

/* One entry for each object, however often a graph retained it. */
static struct kept *find(struct sim_keep *keep, CUuserObject object)
{
	for (unsigned int i = 0; keep && i < keep->count; i++)
		if (keep->kept[i].object == object)
			return &keep->kept[i];
	return NULL;
}

static CUresult keep_object(CUgraph graph, CUuserObject object, unsigned int count)
{
	struct kept *kept = find(graph->kept, object);

	if (!graph->kept)
		graph->kept = sim_keep_new();
	if (!graph->kept)
		return CUDA_ERROR_OUT_OF_MEMORY;
	if (!kept) {
		struct kept *more =
			realloc(graph->kept->kept, (graph->kept->count + 1) * sizeof(*more));

		if (!more)
			return CUDA_ERROR_OUT_OF_MEMORY;
		graph->kept->kept = more;
		kept = &more[graph->kept->count++];
		*kept = (struct kept){ object, 0 };
	}
	kept->refs += count;
	return CUDA_SUCCESS;
}

CUresult cuUserObjectCreate(CUuserObject *out, void *data, CUhostFn destroy, unsigned int refs,
			    unsigned int flags)
{
	CUuserObject object;

	SIM_ENTER(SIM_INIT);
	/* The flag says that nobody waits for the destructor; nothing else is offered. */
	if (!out || !destroy || !refs || flags != CU_USER_OBJECT_NO_DESTRUCTOR_SYNC)
		return CUDA_ERROR_INVALID_VALUE;
	object = calloc(1, sizeof(*object));
	if (!object || !sim_handle_add(object, SIM_H_USER_OBJECT)) {
		free(object);
		return CUDA_ERROR_OUT_OF_MEMORY;
	}
	object->refs = refs;
	object->destroy = destroy;
	object->data = data;
	*out = object;
	return CUDA_SUCCESS;
}

/* As the driver API is documented: not zero and not more than INT_MAX. */
static bool count_ok(unsigned int count)
{
	return count && count <= INT_MAX;
}

CUresult cuUserObjectRetain(CUuserObject object, unsigned int count)
{
	SIM_ENTER(SIM_INIT);
	if (!count_ok(count) || !sim_handle_ok(object, SIM_H_USER_OBJECT))
		return CUDA_ERROR_INVALID_VALUE;
	object->refs += count;
	return CUDA_SUCCESS;
}

CUresult cuUserObjectRelease(CUuserObject object, unsigned int count)
{
	SIM_ENTER(SIM_INIT);
	if (!count_ok(count) || !sim_handle_ok(object, SIM_H_USER_OBJECT))
		return CUDA_ERROR_INVALID_VALUE;
	release(object, count);
	return CUDA_SUCCESS;
}

/* The graph gets references of its own, or the caller's. */
CUresult cuGraphRetainUserObject(CUgraph graph, CUuserObject object, unsigned int count,
				 unsigned int flags)
{
	CUresult error;

	SIM_ENTER(SIM_INIT);
	if (!sim_graph_ok(graph) || !object || !sim_handle_ok(object, SIM_H_USER_OBJECT) ||
	    !count_ok(count) || flags & ~(unsigned int)CU_GRAPH_USER_OBJECT_MOVE)
		return CUDA_ERROR_INVALID_VALUE;
	error = keep_object(graph, object, count);
	if (error == CUDA_SUCCESS && !(flags & CU_GRAPH_USER_OBJECT_MOVE))
		object->refs += count;
	return error;
}

/* More than the graph holds releases what it holds. */
CUresult cuGraphReleaseUserObject(CUgraph graph, CUuserObject object, unsigned int count)
{
	struct kept *kept;

	SIM_ENTER(SIM_INIT);
	if (!sim_graph_ok(graph) || !count_ok(count))
		return CUDA_ERROR_INVALID_VALUE;
	if (!object || !sim_handle_ok(object, SIM_H_USER_OBJECT))
		return CUDA_ERROR_INVALID_VALUE;
	kept = find(graph->kept, object);
	/* Of an object that the graph does not have, an H200 releases the caller's references. */
	if (!kept) {
		release(object, count);
		return CUDA_SUCCESS;
	}
	if (count < kept->refs) {
		kept->refs -= count;
	} else {
		count = kept->refs;
		*kept = graph->kept->kept[--graph->kept->count];
	}
	release(object, count);
	return CUDA_SUCCESS;
}
