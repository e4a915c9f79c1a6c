/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests of the recorder share: a session folder as a collector makes it, the recorder's setup,
 * a call in the shape of a generated entry, and a look at the ring files from outside.
 */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "curtrace/trace_format.h"
#include "record/record.h"
#include "record/setup.h"

struct fixture_settings {
	enum ctr_overflow overflow;
	uint32_t ring_bytes; /* 0: 256 KiB */
	uint64_t total_bytes;
	uint64_t block_timeout_ns;
	enum ctr_session_state state; /* 0: recording */
	bool attended;                /* hold the lock, as a collector does */
};

/* What rec_host_setup answers; fixture_make points it at the session. */
extern struct rec_setup fixture_setup;
/* Calls of rec_host_opened, and of those with `again`. */
extern int fixture_opened, fixture_opened_again;

/* Below FIXTURE_BASE or /dev/shm; one at a time. */
void fixture_make(const struct fixture_settings *settings);
void fixture_make_in(const char *base, const struct fixture_settings *settings);
void fixture_remove(void);

const char *fixture_folder(void);
struct ctr_session *fixture_session(void);
struct ctr_process *fixture_slot(unsigned int i);
/* Path of a file of the folder, valid until the next call. */
const char *fixture_path(const char *name);
/* Files whose names begin so. */
unsigned int fixture_count(const char *prefix);

#define FIXTURE_FUNCTION 16

/* Calls of this thread that went the plain way. */
extern __thread unsigned int fixture_plain;

/* A call with one cell; and one whose function runs `inner` in its midst, with `ncells` cells. */
int fixture_call(uint64_t argument);
int fixture_call_around(unsigned int ncells, uint64_t argument, void (*inner)(void *), void *data);

/* Reserves, the plain way if that is open and not `general`. */
bool fixture_begin(struct rec_call *call, unsigned int ncells, bool general);
/* What follows in a call whose function does nothing. */
void fixture_end(struct rec_call *call, uint64_t argument);

/* A ring file, mapped anew as another process would. */
struct fixture_ring {
	struct ctr_ring *ring;
	struct ctr_cell *cells;
	size_t size;
	uint64_t at; /* next record to be looked at */
};

/* The n-th ring of the process in the slot; a missing one fails the test. */
struct fixture_ring fixture_ring_open(unsigned int slot, unsigned int n);
void fixture_ring_close(struct fixture_ring *r);

/* The next record between tail and head, copied; false at the head. */
struct fixture_record {
	uint64_t number;
	bool committed;
	struct ctr_cell head;
	unsigned char payload[CTR_MAX_CELLS * CTR_CELL_SIZE];
};
bool fixture_next(struct fixture_ring *r, struct fixture_record *record);

/* The next call (no control record). */
bool fixture_next_call(struct fixture_ring *r, struct fixture_record *record);
uint64_t fixture_argument(const struct fixture_record *record);

/* Moves the tail to the head, as a collector that took everything. */
void fixture_drain(struct fixture_ring *r);

/* calls = recorded + lost, and the records in the ring agree if nothing was taken. */
void fixture_expect_balanced(const struct fixture_ring *r);

#endif
