/* SPDX-License-Identifier: Apache-2.0 */
/* The cases: each file is compiled once for every version. */
#ifndef ABI_CASES_H
#define ABI_CASES_H

void abi_context(void); /* the first: it looks at what makes a context */
void abi_device(void);
void abi_memory(void);
void abi_batch(void);
void abi_stream(void);
void abi_graph(void);
void abi_texture(void);
void abi_external(void);
void abi_kernel(void);
void abi_outputs(void);
void abi_end(void); /* the last: it resets the device */

#endif
