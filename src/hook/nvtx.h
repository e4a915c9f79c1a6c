/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVTX: the ranges and marks by which programs name what they are doing. The library is NVTX's
 * injection (nvtx_abi.h): its calls come here, and are recorded as calls of functions with ids from
 * nvtx.tbl. Domains, registered strings and the names of categories and threads become definitions.
 */
#ifndef HOOK_NVTX_H
#define HOOK_NVTX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hook/nvtx_abi.h"

/* NVTX calls it, by name. 1: its functions are ours. */
int InitializeInjectionNvtx2(nvtx_get_table get_table);

/* The session has been opened: what was named before is written down. */
void hook_nvtx_opened(void);

/* ---- nvtx_names.c: what handles stand for --------------------------------------------------- */

/* A domain or a registered string: what its handle points to, for ever. */
struct nvtx_name {
	struct nvtx_name *next;
	uint32_t number; /* from 1, of its kind */
	uint32_t domain; /* number of the domain that a string is of; 0: of none */
	size_t length;
	char text[]; /* UTF-8, with a NUL */
};

/* Handles for NULL, and where there is no memory, are NULL. */
const struct nvtx_name *nvtx_domain(const char *text, const wchar_t *wide);
const struct nvtx_name *nvtx_string(const struct nvtx_name *domain, const char *text,
				    const wchar_t *wide);
void nvtx_name_category(const struct nvtx_name *domain, uint32_t category, const char *text,
			const wchar_t *wide);
void nvtx_name_thread(uint32_t tid, const char *text, const wchar_t *wide);

/* NVTX has come. */
void nvtx_attached(void);

/* The number of a domain by its handle. */
static inline uint32_t nvtx_number(const struct nvtx_name *domain)
{
	return domain ? domain->number : 0;
}

/* As UTF-8, at most `size` bytes and no NUL if these are not enough. How many it took. */
size_t nvtx_narrow(char *to, size_t size, const wchar_t *wide);

/* The name of a domain; "" of none. */
const char *nvtx_domain_text(uint32_t number);

#endif
