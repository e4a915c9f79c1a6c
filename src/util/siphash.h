/* SPDX-License-Identifier: Apache-2.0 */
/* SipHash-2-4: who does not know the key cannot find out by trying what was hashed. */
#ifndef UTIL_SIPHASH_H
#define UTIL_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t ut_siphash(const uint64_t key[2], const void *data, size_t size);

#endif
