/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the fuzz targets share. Each target is a file with LLVMFuzzerTestOneInput, as libFuzzer
 * wants it; driver.c runs the same function where there is no libFuzzer. A property that does not
 * hold aborts.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "reader/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FZ_MUST(condition)                                                              \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* Bytes as the file that is opened by that path until the next call. */
const char *fz_file(const uint8_t *data, size_t size);

/* Whatever the bytes: what is read is in order, within bounds, the same in every way of reading. */
void fz_read_all(const uint8_t *data, size_t size);

/* Two events are the same in all that anybody can see. */
void fz_same_event(const struct ct_event *a, const struct ct_event *b);

#endif
