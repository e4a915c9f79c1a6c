/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work on streams: struct sim_op is one unit of it, a stream is a queue of them, an event remembers
 * a place in such a queue. The same operations are the nodes of a graph: what a call would enqueue
 * becomes a node when its stream captures.
 */
#ifndef SIM_OP_H
#define SIM_OP_H

#include "sim/sim.h"

enum sim_op_kind {
	SIM_OP_EMPTY,
	SIM_OP_COPY,
	SIM_OP_SET,
	SIM_OP_KERNEL,
	SIM_OP_HOST,
	SIM_OP_RECORD,
	SIM_OP_WAIT,
	SIM_OP_ALLOC,
	SIM_OP_FREE,
	SIM_OP_GRAPH,  /* a launched graph, or a child graph */
	SIM_OP_MEM_OP, /* writes and waits for values */
	SIM_OP_SIGNAL, /* semaphores of other interfaces */
	SIM_OP_SEMAPHORE_WAIT,
	SIM_OP_OTHER, /* nothing that a graph can hold (callbacks, prefetches) */
};

/*
 * Counted by references; a new one has one, which sim_submit takes over. Whoever needs more fields
 * embeds it as the first member and sets release. An operation stands in one queue at most; that of
 * a graph's node stands in none, the graph's own operation calls its run.
 */
struct sim_op {
	enum sim_op_kind kind;
	unsigned int refs;
	/* Does the work, on a worker's thread, without the lock. NULL: there is nothing to do. */
	void (*run)(struct sim_op *op, CUstream stream);
	/* Frees the operation and what it owns, with the lock held. NULL: free() will do. */
	void (*release)(struct sim_op *op);
	bool brief; /* run takes no time worth a thread and calls no foreign code */
	union {
		CUDA_MEMCPY3D copy;               /* SIM_OP_COPY */
		CUDA_MEMSET_NODE_PARAMS set;      /* SIM_OP_SET */
		CUDA_HOST_NODE_PARAMS host;       /* SIM_OP_HOST */
		CUDA_MEM_ALLOC_NODE_PARAMS alloc; /* SIM_OP_ALLOC: dptr is already valid */
		CUdeviceptr freed;                /* SIM_OP_FREE */
		struct {
			CUevent event;
			struct sim_record *record;
		} event; /* SIM_OP_RECORD, SIM_OP_WAIT */
	};
	/* Bytes copied from pageable memory when the copy was submitted; u.copy reads from here. */
	void *staged;
	/* The queue's own, set by sim_submit. */
	struct sim_op *next;
	uint64_t ticket;
	struct sim_dep *deps;
	unsigned int dep_count;
};

struct sim_op *sim_op_new(enum sim_op_kind kind); /* NULL: out of memory */
void sim_op_hold(struct sim_op *op);
void sim_op_drop(struct sim_op *op);

/* One recording of an event: done once everything before it on its stream is. */
struct sim_record {
	unsigned int refs;
	bool done;
	uint64_t time;                   /* ns, CLOCK_MONOTONIC, once done */
	struct sim_shared_event *shared; /* where other processes look, or NULL */
	uint64_t number;                 /* of the recording, there */
};
struct sim_record *sim_record_new(void);
void sim_record_hold(struct sim_record *record);
void sim_record_drop(struct sim_record *record);
void sim_record_done(struct sim_record *record); /* now; wakes the waiters */

/* What must be done before an operation may begin: a stream up to a ticket, or a recording. */
struct sim_dep {
	CUstream stream;
	uint64_t ticket;
	struct sim_record *record;
};

#define SIM_LEAST_PRIORITY    0
#define SIM_GREATEST_PRIORITY (-5)

enum sim_stream_kind {
	SIM_STREAM_USER,
	SIM_STREAM_LEGACY,
	SIM_STREAM_THREAD
};

struct CUstream_st {
	CUcontext ctx;
	enum sim_stream_kind kind;
	unsigned int flags;
	int priority;
	unsigned long long id;
	unsigned int refs; /* the handle, its worker, and those who wait for it */
	bool destroyed;
	struct sim_capture *capture;      /* capture.c's: not NULL while the stream captures */
	struct CUstream_st *capture_next; /* capture.c's, to link the streams of one capture */
	void *capture_data; /* capture.c's: the stream's dependency set, for example */
	/* Operations not yet done, the running one first; tickets count up from 1. */
	struct sim_op *head;
	struct sim_op *tail;
	uint64_t submitted; /* ticket of the last operation */
	uint64_t done;      /* all up to this ticket have ended */
	bool running;       /* head is being run */
	bool has_worker;
	pthread_cond_t work; /* for the worker: something was queued, or it shall end */
	CUstream ctx_next;
	CUlaunchAttributeValue sync_policy;
	CUlaunchAttributeValue access_window;
	CUlaunchAttributeValue mem_sync_domain;
	CUlaunchAttributeValue mem_sync_domain_map;
};

struct CUevent_st {
	CUcontext ctx;
	unsigned int flags;
	struct sim_record *record;       /* the last recording outside a capture, or NULL */
	struct sim_capture *capture;     /* capture.c's: the last recording was in this capture */
	void *capture_data;              /* capture.c's: the nodes it stands for */
	bool imported;                   /* stands for a sync object of EGL: not to be recorded */
	struct sim_shared_event *shared; /* ipc.c's: other processes know it; stays mapped */
	bool opened;                     /* from another process's handle */
};

/* Recordings of an event that processes share, ipc.c: counted when asked for and when done. */
bool sim_shared_pending(const struct sim_shared_event *shared);
void sim_shared_record(CUevent event, struct sim_record *record);
void sim_shared_done(const struct sim_record *record);
struct sim_op *sim_shared_wait_op(struct sim_shared_event *shared); /* NULL: out of memory */
/* An event without a recording; NULL: out of memory. */
CUevent sim_event_new(CUcontext ctx, unsigned int flags);

/* The stream behind a handle (0, CU_STREAM_LEGACY, CU_STREAM_PER_THREAD or one created). */
CUresult sim_stream_find(CUcontext ctx, CUstream handle, bool per_thread, CUstream *stream);
bool sim_stream_blocking(const struct CUstream_st *stream); /* takes part in the legacy order */
/* Ends a stream: its handle is gone at once, what is queued still runs. */
void sim_stream_end(CUstream stream);
void sim_stream_hold(CUstream stream);
void sim_stream_drop(CUstream stream);

/*
 * Enqueues an operation, or adds it to the graph being captured if the stream captures; checks that
 * neither breaks a capture of another stream. Takes the caller's reference in any case. Does not
 * release the lock, but for an operation that is brief or has no run on an idle stream: that one is
 * done at once.
 */
CUresult sim_submit(CUstream stream, struct sim_op *op);

/* As sim_submit, and waits until the operation is done. Not allowed on a capturing stream: 900. */
CUresult sim_submit_wait(CUstream stream, struct sim_op *op);

/* Waits; each releases the lock meanwhile and answers the context's sticky error, if any. */
CUresult sim_stream_wait(CUstream stream); /* for all submitted by now; also on a capturing one */
CUresult sim_context_wait(CUcontext ctx);  /* for all streams */
void sim_record_wait(struct sim_record *record);
bool sim_stream_idle(CUstream stream);

/*
 * Host functions: calls fn(data) marked as inside a callback. Without the lock.
 */
void sim_call_host(CUhostFn fn, void *data);

/* Building and checking copies and sets, memcpy.c and memset.c; also used for graph nodes. */
CUresult sim_copy_check(const CUDA_MEMCPY3D *copy);
void sim_copy_run(const CUDA_MEMCPY3D *copy);          /* without the lock */
struct sim_op *sim_copy_op(const CUDA_MEMCPY3D *copy); /* run is set */
CUresult sim_set_check(const CUDA_MEMSET_NODE_PARAMS *set);
struct sim_op *sim_set_op(const CUDA_MEMSET_NODE_PARAMS *set);
struct sim_op *sim_host_op(CUhostFn fn, void *data);
struct sim_op *sim_record_op(CUevent event); /* gives the event a new recording when submitted */
struct sim_op *sim_wait_op(CUevent event);
CUresult sim_event_record(CUstream stream, CUevent event); /* outside a capture */

/* Writes of and waits for values, memop.c; the second gives back what the operation was made of. */
CUresult sim_mem_ops_check(unsigned int count, const CUstreamBatchMemOpParams *items,
			   unsigned int flags);
struct sim_op *sim_mem_ops_op(unsigned int count, const CUstreamBatchMemOpParams *items);
unsigned int sim_mem_ops_of(const struct sim_op *op, const CUstreamBatchMemOpParams **items);

/* For event nodes of a graph being executed: from run(), without the lock. */
void sim_event_record_now(CUevent event);
void sim_event_wait_now(CUevent event);

/*
 * What capture.c defines and the files of streams, events and memory call, with the lock held.
 * sim_captures counts the captures under way, so that the usual call does not look further.
 */
extern unsigned int sim_captures;
/* Adds the operation as a node behind the stream's dependencies. Takes the reference. */
CUresult sim_capture_add(CUstream stream, struct sim_op *op);
/* cuEventRecord on a capturing stream; cuStreamWaitEvent where stream or event belongs to one. */
CUresult sim_capture_record(CUstream stream, CUevent event, unsigned int flags);
CUresult sim_capture_wait(CUstream stream, CUevent event, unsigned int flags);
/* A call that a capture forbids this thread, by its mode: 0, or 900 and the capture invalid. */
CUresult sim_capture_unsafe(void);
/* The stream is synchronised, queried, or otherwise used as a captured one may not: 900. */
CUresult sim_capture_misuse(CUstream stream);
/* The legacy stream of ctx is used, or waited for, while blocking streams capture: 0 or 906. */
CUresult sim_capture_legacy(CUcontext ctx);
CUresult sim_capture_bars_legacy(CUcontext ctx); /* the same, without making captures invalid */
/* cuCtxSynchronize: 900, and the captures invalidated, if a stream of ctx captures; else 0. */
CUresult sim_capture_context(CUcontext ctx);
/* Query or synchronisation of an event that was recorded in a capture: 907. */
CUresult sim_capture_event_use(CUevent event);
/* The stream is destroyed: the capture that it belongs to is invalidated. */
void sim_capture_stream_end(CUstream stream);
/* The event is destroyed, or recorded outside a capture: capture and capture_data are cleared. */
void sim_capture_event_forget(CUevent event);

#endif /* SIM_OP_H */
