/* SPDX-License-Identifier: Apache-2.0 */
/* Files of any kind: JSON of curtrace and of others, plain and compressed, and what is no trace. */
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fz_read_all(data, size);
	return 0;
}
