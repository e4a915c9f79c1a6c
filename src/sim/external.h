/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations on semaphores of other interfaces, for streams and for graph nodes.
 */
#ifndef SIM_EXTERNAL_H
#define SIM_EXTERNAL_H

#include "sim/op.h"

CUresult sim_semaphores_signal(const CUexternalSemaphore *semaphores,
			       const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
			       unsigned int count, struct sim_op **op);
CUresult sim_semaphores_wait(const CUexternalSemaphore *semaphores,
			     const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params, unsigned int count,
			     struct sim_op **op);
/* What such an operation was made of; the arrays are the operation's. */
unsigned int sim_semaphores_of(struct sim_op *op, CUexternalSemaphore **semaphores,
			       const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS **signals,
			       const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS **waits);

#endif /* SIM_EXTERNAL_H */
