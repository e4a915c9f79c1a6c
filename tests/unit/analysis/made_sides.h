/* SPDX-License-Identifier: Apache-2.0 */
/* Sides of a comparison that are made up call by call. */
#ifndef ANALYSIS_MADE_SIDES_H
#define ANALYSIS_MADE_SIDES_H

#include "analysis/diff/baseline.h"
#include "analysis/diff/side.h"

/* One process "app"; its lanes are app/1, app/2 NAME, ... */
struct df_side *made_side(struct df_dictionary *dictionary, unsigned int nlanes);
/* Appends a call by its text: "cudaFree(devPtr=device 4 KiB) = cudaSuccess", `times` times. */
void made_call(struct df_side *side, unsigned int lane, const char *text, unsigned int times);
/* Names of threads but the first; before calls are added. */
void made_name(struct df_side *side, unsigned int lane, const char *name);
/* Where the steady state is; without it there is none. */
void made_steady(struct df_side *side, unsigned int lane, size_t first, size_t last, size_t period);
void made_free(struct df_side *side);

#endif
