/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoded form of a trace: what the reader yields, whatever file it came from, and what writers
 * and analyses take. Names and shapes come from the trace itself, never from CUDA's headers.
 *
 * Strings and arrays belong to whoever filled the structure in and live until the next event is
 * asked for (strings of a trace's header, processes and functions: until the trace is closed).
 */
#ifndef CURTRACE_EVENT_H
#define CURTRACE_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* How an argument's value is to be understood; spelled like this in the `api` text. */
enum ct_kind {
	CT_KIND_NONE = 0,
	CT_KIND_INT,    /* int: signed, value.i */
	CT_KIND_UINT,   /* uint */
	CT_KIND_SIZE,   /* size: a count of bytes */
	CT_KIND_HEX,    /* hex: a bit pattern */
	CT_KIND_PTR,    /* ptr: an address, of host or device */
	CT_KIND_ENUM,   /* enum/NAME: label is the enumerator, NULL if it has none */
	CT_KIND_FLAGS,  /* flags/NAME: label is A|B|0x40 */
	CT_KIND_HANDLE, /* handle/NAME: stream, event, graph, …; an address */
	CT_KIND_KERNEL, /* kernel: label is the kernel's name, NULL if not known */
	CT_KIND_DIM3,   /* dim3 */
	CT_KIND_STR,    /* str: text */
	CT_KIND_FLOAT,  /* float: 4 bytes in the trace, value.f */
	CT_KIND_BYTES,  /* bytes: text is hexadecimal */
	CT_KIND_TEXT    /* from a foreign or JSON trace: text as it stood there */
};

enum ct_direction {
	CT_IN = 0,        /* known as soon as the call began */
	CT_IN_REFERENCED, /* behind a pointer: known when the call has succeeded */
	CT_OUT            /* known when the call has succeeded */
};

struct ct_arg {
	const char *name; /* "count", "desc->width" */
	const char *type; /* NAME of enum/NAME, flags/NAME, handle/NAME; else "" */
	enum ct_kind kind;
	enum ct_direction direction;
	bool known; /* false: an output or referenced input of a call that did not succeed */
	union {
		int64_t i;
		uint64_t u;
		double f;
		uint32_t xyz[3];
	} value;
	const char *label; /* symbolic form, or NULL */
	const char *text;  /* of CT_KIND_STR, BYTES, TEXT */
	bool truncated;    /* text is the beginning of a longer one */
};

#define CT_MAX_ARGS 64

/*
 * The values of a launched kernel's parameters are arguments too, the last ones: kernel_args[0],
 * ... Behind them, if not all are there, how many are missing or not whole.
 */
#define CT_KERNEL_ARGS     "kernel_args"
#define CT_KERNEL_ARGS_CUT "kernel_args_cut"

static inline bool ct_is_kernel_arg(const struct ct_arg *arg)
{
	return arg->name[0] == 'k' &&
	       !strncmp(arg->name, CT_KERNEL_ARGS, sizeof(CT_KERNEL_ARGS) - 1);
}

enum ct_event_type {
	CT_EVENT_CALL = 0,
	CT_EVENT_LOSS = 1,  /* calls of this thread are missing here: lost_* say how many */
	CT_EVENT_THREAD = 2 /* a thread's first event: tid and thread_name */
};

#define CT_EVENT_IN_FLIGHT  0x01 /* the call had not returned: end_ns is the last known instant */
#define CT_EVENT_FAILED     0x02 /* the result is an error that is not an expected answer */
#define CT_EVENT_EXPECTED   0x04 /* an error that its caller asks for: NotReady, … */
#define CT_EVENT_PER_THREAD 0x08 /* entered through the per-thread-default-stream twin */
#define CT_EVENT_WAITED     0x10 /* begins with a wait for room in the ring */
/* A call of the driver within a call of the runtime, which tells what it does: no effect. */
#define CT_EVENT_INTERNAL 0x20
/* A push whose range was not seen to be popped, or a pop whose range was not seen to be pushed. */
#define CT_EVENT_OPEN     0x40
#define CT_EVENT_INJECTED 0x80  /* the result was made up for a test: nothing was done */
#define CT_EVENT_DELAYED  0x100 /* held up for a test */

/* By which interface a call came in. */
enum ct_layer {
	CT_LAYER_RUNTIME = 0, /* libcudart */
	CT_LAYER_DRIVER,      /* libcuda, called by somebody else than our runtime */
	CT_LAYER_NVTX,        /* ranges and marks that the program puts into its own trace */
	CT_LAYERS
};

/* In the order of enum ct_layer: as `api` texts, selections and options have them. */
#define CT_LAYER_NAMES "runtime", "driver", "nvtx"

/* What a call of NVTX does. Ranges that are pushed nest in their thread and domain. */
enum ct_range {
	CT_RANGE_NONE = 0,
	CT_RANGE_MARK,
	CT_RANGE_PUSH,
	CT_RANGE_POP,
	CT_RANGE_START, /* need not nest, and may end in another thread */
	CT_RANGE_END
};

struct ct_event {
	enum ct_event_type type;
	enum ct_layer layer;
	unsigned int flags;
	/*
	 * Of a call: name, entry, the texts of its result and its caller, and the names, types and
	 * labels (but those of flags) of its arguments live until the trace is closed and are never
	 * changed, so that a pointer stands for its text. Writers and redactors that hand out other
	 * strings clear it.
	 */
	bool lasting;
	uint32_t trace; /* which open trace it is of, counted in this process from 1; 0: of none */
	/*
	 * Not 0: all calls of the trace with this number have the same arguments (as many as there
	 * are), of the same names and kinds in the same order. Who changes them clears it.
	 */
	uint32_t layout;
	uint64_t ordinal; /* of the event in the trace, from 1 */
	uint32_t
		function; /* number of `name` in this trace, from 1 by first appearance; of calls */
	const char *name; /* cudaMemcpyAsync; exported name without _ptsz/_ptds */
	/* Exported name by which it was entered: differs with PER_THREAD, and for older ABIs. */
	const char *entry;
	const char *domain; /* memcpy, stream, launch, … */
	uint32_t abi; /* of an older CUDA's entry point: 11 or 12; 0: the newest, or not known */
	uint32_t process; /* index into ct_header.processes */
	uint32_t pid;
	uint32_t tid;
	const char *thread_name;
	uint64_t start_ns; /* CLOCK_REALTIME, ns since 1970 */
	uint64_t end_ns;
	const char *result_kind; /* "status", "int", "uint", "void", "" */
	int32_t result;
	const char *result_name; /* enumerator of a status, or NULL */
	uint64_t caller;
	const char *caller_module;   /* path of the mapped file, or NULL */
	uint64_t caller_offset;      /* within that file */
	const char *caller_function; /* or NULL; what the call returns to lies so far behind it: */
	uint64_t caller_function_offset;
	uint32_t
		stack; /* innermost frame of the call's stack, see ct_header.frames; 0: not known */
	uint64_t correlation; /* of a foreign trace: what it calls the call elsewhere; 0: none */
	/* Of calls of NVTX. */
	enum ct_range range;
	const char *range_name;   /* of a mark, or a range that begins; else "" */
	const char *range_domain; /* "": of none */
	/* START, END: what joins them in the process; else the domain: levels are of one each. */
	uint64_t range_id;
	uint64_t range_end_ns; /* of a push: with the end of its pop, if that was asked for; or 0 */
	uint64_t range_pop_ns; /* and how long the pop took */
	uint64_t lost_full;
	uint64_t lost_reentered;
	uint64_t lost_other;
	const char
		*lost_cause; /* of those: "no-ring", "trace-disk", "overwritten", "damaged", "" */
	unsigned int nargs;
	struct ct_arg args[CT_MAX_ARGS];
};

/*
 * A place from which another function was called: the call before `address`. Stacks are a tree, a
 * frame's parent is what called it.
 */
struct ct_frame {
	uint32_t parent;      /* 0: none, or not known */
	uint64_t address;     /* 0: not known */
	const char *module;   /* path of the mapped file, or NULL */
	uint64_t offset;      /* within that file */
	const char *function; /* as people write it, or NULL */
	uint64_t function_offset;
};

struct ct_process_info {
	uint32_t pid;
	uint32_t parent_pid;
	uint64_t start_time;
	uint32_t exec_count;
	uint32_t host_pid; /* in the collector's pid namespace, if that is another one; or 0 */
	const char *name;  /* of the program file, without its folder */
	uint64_t calls;    /* made = recorded + lost, as far as counted */
	uint64_t recorded;
	uint64_t lost;
	uint64_t in_flight;
	/* Of a merged trace, whose processes come from several: */
	const char *host; /* NULL: the header's */
	int32_t rank;     /* if world_size is not 0 */
	int32_t world_size;
	uint32_t original_pid; /* if another process had it too; or 0 */
};

struct ct_device_info {
	uint32_t process;
	uint32_t ordinal;
	const char *name;
	unsigned int nproperties;
	const char **property_names; /* as in the definition; values are decimal or text */
	const char **property_values;
};

/* A file that callers and stacks lie in. */
struct ct_module {
	const char *path;
	const char *build_id; /* hexadecimal, or NULL */
};

struct ct_warning {
	const char *code; /* "no-calls", "static-runtime", "other-runtime-version", "loss", … */
	const char *text; /* one line for a person */
};

/* What else the collector wrote down about the run: cpu, kernel, settings, losses by cause, … */
struct ct_fact {
	const char *name;
	const char *value; /* text or decimal digits */
};

/*
 * What a trace does not hold because those who wrote it did not note it: nobody may conclude from
 * its absence that it has not happened.
 */
#define CT_LACKS_ARGUMENTS 0x01
#define CT_LACKS_RESULTS   0x02
#define CT_LACKS_IN_FLIGHT 0x04 /* calls that had not returned */
#define CT_LACKS_LOSSES    0x08 /* how many calls are missing */
#define CT_LACKS_CALLERS   0x10 /* and stacks */
#define CT_LACKS_REALTIME  0x20 /* times count from an instant that is not known */

struct ct_header {
	const char *source;       /* NULL: curtrace; of a foreign trace "kineto", "nsys" */
	unsigned int lacks;       /* CT_LACKS_* */
	const char *tool_version; /* of the curtrace that wrote the trace */
	const char *host;
	const char *command; /* as typed, quoted for a shell */
	uint64_t start_realtime_ns;
	int32_t exit_status;         /* as waitpid gives it; -1: not known */
	const char *runtime_version; /* "13000", or NULL */
	const char *driver_version;
	const char *driver_file;
	const char *clock; /* "tsc", "monotonic" */
	const char *overflow;
	int32_t rank; /* of a distributed program, if world_size is not 0 */
	int32_t world_size;
	uint64_t calls;
	uint64_t recorded;
	uint64_t lost;
	uint64_t in_flight;
	bool complete; /* the trace has its end: nothing was cut off */
	unsigned int nprocesses;
	struct ct_process_info *processes;
	unsigned int ndevices;
	struct ct_device_info *devices;
	unsigned int nwarnings;
	struct ct_warning *warnings;
	unsigned int nfacts;
	struct ct_fact *facts;
	unsigned int nmodules;
	struct ct_module *modules;
	uint32_t nframes;
	const struct ct_frame *frames; /* frame n is frames[n - 1] */
};

#endif
