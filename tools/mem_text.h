/* SPDX-License-Identifier: Apache-2.0 */
/* Private to mem_text.c and mem_tables.c, the parts of mem for people. */
#ifndef TOOLS_MEM_TEXT_H
#define TOOLS_MEM_TEXT_H

#include "mem.h"

void mem_title(FILE *out, const char *text);

/* Each with its title; `width` is the terminal's. */
void mem_print_moment(const struct mem *mem, FILE *out, unsigned int width);
void mem_print_end(const struct mem *mem, FILE *out, unsigned int width);
void mem_print_churn(const struct mem *mem, FILE *out, unsigned int width);
void mem_print_traffic(const struct mem *mem, FILE *out);
void mem_print_timeline(const struct mem *mem, FILE *out, unsigned int width);

#endif
