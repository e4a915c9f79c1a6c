/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the JSON writer: what stands in the file again and again, in the form in which it
 * stands there. A trace has millions of calls, of some hundred functions, from some thousand
 * places: their names are looked up by the addresses of the strings (ct_event.lasting), and copied.
 */
#ifndef WRITE_JSON_TEXTS_H
#define WRITE_JSON_TEXTS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "curtrace/event.h"

/* What a text is in a line: the same name is escaped once for each. */
enum wr_role {
	WR_NAME,   /* {"ph":"X","cat":"cuda_runtime","name":"TEXT" */
	WR_DRIVER, /* the same of the category cuda_driver */
	WR_KEY,    /* "TEXT": */
	WR_LABEL,  /* "TEXT", */
	WR_KERNEL, /* "kernel":"TEXT", */
	WR_SYMBOL, /* "symbol_name":"TEXT", */
	WR_RESULT, /* "result":"TEXT", */
	WR_ENTRY   /* "api":"TEXT", */
};

/* Texts are copied in steps of so many bytes, over what is to be written next. */
#define WR_STEP 32

/* No longer one is kept. */
#define WR_KEPT_MAX ((size_t)4096 - WR_STEP)

struct wr_kept {
	const void *of; /* the string; NULL: none */
	uint32_t role;
	uint32_t length;
	uint32_t capacity;
	char *text;
};

/* A caller is described by several values, and all have to be the same. */
struct wr_caller {
	uint64_t address, offset, function_offset;
	const char *module, *function;
	struct wr_kept text; /* "caller":"…","caller_function":"…", */
};

/*
 * Powers of two. Of texts that share a pair of places, and of callers that share a place, the last
 * ones have them.
 */
#define WR_TEXTS   4096
#define WR_CALLERS 4096

struct wr_texts {
	struct wr_kept texts[WR_TEXTS];
	struct wr_caller callers[WR_CALLERS];
};

struct wr_texts *wr_texts_new(void);
void wr_texts_free(struct wr_texts *texts);

/* Forgets them all: their strings are about to go. */
void wr_texts_forget(struct wr_texts *texts);

/* Keeps a copy of what was written for `of`, in the place that was asked for it. */
void wr_kept_set(struct wr_kept *text, enum wr_role role, const void *of, const char *written,
		 size_t length);

/* Fibonacci hashing: addresses of strings lie close together. */
#define WR_HASH(value, size) ((size_t)((value) * (uint64_t)0x9e3779b97f4a7c15 >> 32) & ((size)-1))

/* The two places where it can be. */
static inline struct wr_kept *wr_kept_places(struct wr_texts *texts, enum wr_role role,
					     const char *of)
{
	return &texts->texts[WR_HASH((uintptr_t)of + (uint64_t)role * 0x51ed, WR_TEXTS) &
			     ~(size_t)1];
}

/* The newer text goes to the second place, from which the older one goes. */
static inline void wr_kept_make_way(struct wr_kept places[2])
{
	struct wr_kept old = places[1];

	places[1] = places[0];
	places[0] = old;
}

static inline struct wr_caller *wr_caller_place(struct wr_texts *texts, uint64_t address)
{
	return &texts->callers[WR_HASH(address, WR_CALLERS)];
}

/* To `at`, where there is room for a step more than its length. */
static inline char *wr_kept_put(char *at, const struct wr_kept *text)
{
	const char *from = text->text;
	char *to = at, *end = at + text->length;

	do {
		memcpy(to, from, WR_STEP);
		to += WR_STEP;
		from += WR_STEP;
	} while (to < end);
	return end;
}

#endif
