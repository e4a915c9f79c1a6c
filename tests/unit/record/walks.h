/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that call others in ways that a stack's walk has to get through, or to survive. Each
 * calls `inner` and stays in its frame until that has returned.
 */
#ifndef RECORD_WALKS_H
#define RECORD_WALKS_H

typedef void walks_inner(void);

void walks_plain(walks_inner *inner);
void walks_deep(unsigned int depth, walks_inner *inner); /* itself, depth times */
void walks_alloca(walks_inner *inner);                   /* no fixed frame size */
void walks_realigned(walks_inner *inner);                /* CFA by an expression */
void walks_no_tables(walks_inner *inner);                /* frame pointer, no CFI */
void walks_no_tables_bad_fp(walks_inner *inner);         /* and nonsense in the frame pointer */
void walks_lying_fp(walks_inner *inner);                 /* CFI by a frame pointer of nonsense */
void walks_lying_size(walks_inner *inner);               /* CFI of a frame of 1 MiB */
void walks_loop(walks_inner *inner);                     /* CFI of a frame without size */

/* Code made at run time that leaves the frame pointer alone. NULL: the system forbids it. */
walks_inner *walks_make_code(void);
/* What such code calls. */
extern walks_inner *walks_code_calls;

#endif
