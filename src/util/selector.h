/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selections of functions in strace's words, for recording as for reading:
 *
 *	[trace=][!]ELEMENT[,ELEMENT]...
 *
 *	cudaMalloc	a function, by the name with or without _ptsz, _ptds
 *	%memory		all of a domain, as traces have it
 *	%driver		all of a layer: runtime, driver, nvtx
 *	cuda*Async	a pattern as a shell has it: * ? [abc]
 *	/Host|Managed	an extended regular expression, found anywhere in the name
 *	?cudaNew	the same without the ?, and nothing if there is no such function
 *	all, none
 *
 * A ! at the beginning is for all elements: everything but these. A ! before a later element takes
 * it out of what the elements before it gave. Further expressions add to the ones before them;
 * one that begins with ! takes out of them.
 *
 * Which functions there are is not known here: what an element applies to is asked of each.
 */
#ifndef UTIL_SELECTOR_H
#define UTIL_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

struct ut_selector_element;

/* All zero: no expression was given, and everything is selected. */
struct ut_selector {
	struct ut_selector_element *elements;
	size_t count;
	bool is_given;
	bool at_first; /* what holds of a function that no element is about */
	char *text;    /* the expressions, with blanks between them; NULL: none */
};

/* False, with one line in `why`: it is not written as above. */
bool ut_selector_add(struct ut_selector *s, const char *expression, char *why, size_t size);

/* A function, by what elements may be about; all but the name may be NULL. */
struct ut_selected {
	const char *name;   /* NULL: not known yet; one of `all` */
	const char *symbol; /* another name of it: cuMemAlloc_v2 */
	const char *twin;   /* and one more: name_ptsz */
	const char *domain;
	const char *layer;
};

/* Whether a function is selected. */
bool ut_selector_takes(const struct ut_selector *s, const struct ut_selected *function);

/* The same of a function that was selected, or was not, before these elements are looked at. */
bool ut_selector_changes(const struct ut_selector *s, bool before,
			 const struct ut_selected *function);

/* Element `i` is about this function. */
bool ut_selector_is_about(const struct ut_selector *s, size_t i,
			  const struct ut_selected *function);

/*
 * Element `i` as it was written, without a ! or ?, if there ought to be a function that it is
 * about; NULL: there need not.
 */
const char *ut_selector_needs(const struct ut_selector *s, size_t i);

/* In `why`, one line: there is no such function or domain as `element` says. `meant`: or NULL. */
void ut_selector_say_unknown(const char *element, const char *meant, char *why, size_t size);

void ut_selector_free(struct ut_selector *s);

#endif
