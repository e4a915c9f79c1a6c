/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a call as one object of JSON, for formats without nested values. */
#ifndef WRITE_ARGUMENTS_H
#define WRITE_ARGUMENTS_H

#include "curtrace/event.h"
#include "write/cache.h"
#include "write/text.h"

/*
 * {"dst":"0x7f00","count":4096,"kind":"cudaMemcpyHostToDevice"}: enumerators, flags, kernels and
 * symbols by name where they have one, addresses and handles as text in hexadecimal, integers
 * that a double does not hold as text. What is not known is left out. The cache is of this quoting.
 */
void wr_arguments(struct wr_text *text, const struct ct_event *event, enum wr_quoting quoting,
		  struct wr_cache *cache);

#endif
