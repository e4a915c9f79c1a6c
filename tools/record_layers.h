/* SPDX-License-Identifier: Apache-2.0 */
/* `record --layers`: by which interfaces calls are recorded. */
#ifndef TOOLS_RECORD_LAYERS_H
#define TOOLS_RECORD_LAYERS_H

#include <stdbool.h>

#include "curtrace/event.h"
#include "record_select.h"

/* What is recorded, beside the layers of a trace (enum ct_layer). */
#define RECORD_LAYER_INTERNAL CT_LAYERS /* the driver calls of our own runtime */
#define RECORD_LAYERS_DEFAULT (1u << CT_LAYER_RUNTIME | 1u << CT_LAYER_DRIVER | 1u << CT_LAYER_NVTX)

/*
 * LAYER[,LAYER]...: those and no others; with + or - in front of the first, those more or less.
 * `layers` has a bit for each. False: a word that is none of them; a message was printed.
 */
bool record_layers_parse(const char *text, unsigned int *layers);

/* "runtime,driver,nvtx": for the library, and for the trace's header. */
const char *record_layers_text(unsigned int layers);

/* Functions of layers that are left out cost their flag test: added to the selection. */
bool record_layers_select(unsigned int layers, struct record_select *select);

/* For the library in the program: what it may touch. */
void record_layers_into_environment(unsigned int layers);

#endif
