/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loops in a sequence of numbers: 1 2 (3 4 (5)x9)x200 6. Found without knowing the program, and
 * in the same way in two sequences that are equal.
 */
#ifndef DIFF_FOLD_H
#define DIFF_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A symbol that stands for a loop has this bit; numbers of a sequence are smaller. */
#define DF_LOOP 0x80000000u

struct df_loop {
	uint32_t first;  /* index into df_fold.bodies */
	uint32_t length; /* symbols of its body */
	uint32_t count;  /* iterations, at least 2; of a skeleton 0: as many as there were */
	uint64_t hash;   /* equal for equal loops */
};

struct df_fold {
	uint32_t *symbols; /* the whole sequence: numbers, and loops as DF_LOOP | index */
	uint32_t *spans;   /* how many numbers of the sequence each symbol stands for */
	size_t count;
	struct df_loop *loops; /* each once, however often it is there */
	size_t nloops, capacity;
	uint32_t *bodies; /* symbols of all loops */
	size_t nbodies, bodies_capacity;
};

/* Every loop that repeats exactly. */
void df_fold(const uint32_t *sequence, size_t length, struct df_fold *fold);

/*
 * The same without counts: loops of the same body are the same symbol, however often they go
 * round, and a loop of which an iteration holds such loops is found although their counts differ.
 * Loops that span more than `most` numbers are left as they are (0: all).
 */
void df_fold_skeleton(const uint32_t *sequence, size_t length, size_t most, struct df_fold *fold);
void df_fold_free(struct df_fold *fold);

/* The loop that holds most of a sequence. Its iterations may differ. */
struct df_steady {
	size_t *starts; /* of iterations, and the end of the last one: count + 1 */
	size_t count; /* 0: there is no such loop, of at least 3 iterations and a quarter of it, nor
			   a shorter one of at least 8 towards the end */
	size_t period; /* the length that is most frequent about the middle: the median */
};

/* That iterations of one loop differ in length, if nobody says otherwise. */
#define DF_TOLERANCE 10

/* `tolerance`: how much the length of an iteration may differ from the usual one, per cent. */
void df_find_steady(const uint32_t *shapes, size_t length, unsigned int tolerance,
		    struct df_steady *steady);
void df_steady_free(struct df_steady *steady);

/*
 * The innermost loop around a place of a sequence that repeats exactly there. False: none of
 * at least 3 iterations.
 */
struct df_around {
	size_t begin, end; /* what it spans, the last iteration perhaps in part */
	size_t period;
};
bool df_loop_around(const uint32_t *sequence, size_t length, size_t at, struct df_around *around);

#endif
