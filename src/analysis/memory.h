/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who holds memory, what moves, and what goes wrong with it: one pass over a trace, in memory that
 * grows with what is live and with the places that allocate.
 *
 *	struct an_usage *usage = an_usage_new(rd_header(trace), false);
 *	while (rd_next(trace, &event))
 *		an_usage_add(usage, &event);
 *	an_usage_finish(usage);
 *	...
 *	an_usage_free(usage);
 *
 * What made up a peak is asked of another pass that ends with the peak's event.
 */
#ifndef ANALYSIS_MEMORY_H
#define ANALYSIS_MEMORY_H

#include <stddef.h>

#include "analysis/effect.h"
#include "analysis/findings.h"

/* What is on devices, and what is the host's; the rest is others'. */
bool an_memory_is_device(enum an_memory memory);
bool an_memory_is_host(enum an_memory memory);

struct an_peak {
	uint64_t bytes;
	uint64_t ordinal; /* of the event that made it the most; 0: there never was any */
	uint64_t ns;
};

/* Of a kind of memory, or of a device in a process. */
struct an_kind {
	uint64_t allocations, allocated; /* how many, bytes in all */
	uint64_t unsized;                /* of these the trace does not hold how large they were */
	uint64_t frees;
	uint64_t live, live_bytes;
	struct an_peak peak;
};

struct an_device {
	uint32_t process;
	int32_t device; /* -1: host memory */
	struct an_kind kind;
};

/* What one place has allocated of a kind of memory. */
struct an_holder {
	enum an_memory memory;
	uint32_t process;
	int32_t device;
	const char *function;
	const char *caller_module; /* these as in ct_event, or NULL */
	uint64_t caller_offset;
	const char *caller_function;
	uint64_t caller_function_offset;
	uint32_t stack; /* 0 unless it was asked for */
	struct an_kind kind;
	uint64_t lifetime_ns; /* of what was freed, in all */
	uint64_t again;       /* were of a size that had just been given back */
	uint64_t least, most; /* bytes of an allocation */
	uint64_t first_ordinal;
};

/* Of the host's end of a copy. */
enum an_host_memory {
	AN_HOST_NONE, /* or not known */
	AN_HOST_PAGEABLE,
	AN_HOST_PINNED,
	AN_HOST_MANAGED,
	AN_HOST_MEMORIES
};
const char *an_host_memory_name(enum an_host_memory memory);

struct an_route {
	bool is_set; /* memory is set, not copied: no direction */
	enum an_direction direction;
	int32_t to, from; /* devices; -1: host or not known */
	enum an_host_memory host;
	uint64_t count, bytes;
	uint64_t unsized; /* of `count`: not known how many bytes */
};

struct an_usage;

struct an_usage *an_usage_new(const struct ct_header *header, bool by_stack);
void an_usage_add(struct an_usage *usage, const struct ct_event *event);
/* After the last event. */
void an_usage_finish(struct an_usage *usage);
void an_usage_free(struct an_usage *usage);

/* Whether the arguments of a function are of use here: for rd_want_args_of. */
bool an_usage_wants(const char *function);

/* ---- at any time ---------------------------------------------------------------------------- */

/* AN_MEMORIES of them. */
const struct an_kind *an_usage_kinds(const struct an_usage *usage);
/* Of all device memory, and of all host memory, together. */
const struct an_kind *an_usage_device_memory(const struct an_usage *usage);
const struct an_kind *an_usage_host_memory(const struct an_usage *usage);

/* ---- after an_usage_finish ------------------------------------------------------------------ */

const struct an_device *an_usage_devices(const struct an_usage *usage, size_t *count);
/* By bytes that they hold now, the largest first; then by those that they have ever taken. */
const struct an_holder *const *an_usage_holders(const struct an_usage *usage, size_t *count);
/* By how often they have taken memory of a size that had just been given back. */
const struct an_holder *const *an_usage_churn(const struct an_usage *usage, size_t *count);
/* By bytes. */
const struct an_route *an_usage_routes(const struct an_usage *usage, size_t *count);
/* The weightiest first. */
const struct an_finding *an_usage_findings(const struct an_usage *usage, size_t *count);

/* From the first event to the last one's end, and calls that are missing in between. */
uint64_t an_usage_first_ns(const struct an_usage *usage);
uint64_t an_usage_last_ns(const struct an_usage *usage);
uint64_t an_usage_lost(const struct an_usage *usage);
/* Whether what is live now was left so by programs that have ended, and not cut off. */
bool an_usage_is_whole(const struct an_usage *usage);

/* Where a call was made from: "step(int)+0x12 (app)", "app+0x123", "not known". */
const char *an_caller_text(const char *module, uint64_t offset, const char *function,
			   uint64_t function_offset, char *text, size_t size);

/* ---- over time ------------------------------------------------------------------------------ */

/* A piece of the time: what was live at its end, and the most device and host memory in it. */
struct an_instant {
	uint64_t ns; /* its beginning */
	uint64_t bytes[AN_MEMORIES];
	uint64_t device_most, host_most;
};

struct an_timeline;

/* `count` pieces of equal length. */
struct an_timeline *an_timeline_new(uint64_t first_ns, uint64_t last_ns, size_t count);
/* After each event of `usage`, of which this was one. */
void an_timeline_add(struct an_timeline *line, const struct an_usage *usage, uint64_t ns);
const struct an_instant *an_timeline_finish(struct an_timeline *line, size_t *count);
void an_timeline_free(struct an_timeline *line);

#endif
