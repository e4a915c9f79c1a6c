/* SPDX-License-Identifier: Apache-2.0 */
/* Versions. */
#include "conformance.h"

CASE(runtime)
{
	int version = UNTOUCHED_INT;

	DO(cudaRuntimeGetVersion(&version));
	SHOW(version);
}

CASE(driver)
{
	int version = UNTOUCHED_INT, again = 0;

	DO(cudaDriverGetVersion(&version));
	SHOW_IF(version >= 13000);
	NEED(cudaFree(NULL));
	DO(cudaDriverGetVersion(&again));
	SHOW_IF(again == version);
}

CASE(runtime_to_nowhere)
{
	DO(cudaRuntimeGetVersion(NULL));
}

CASE(driver_to_nowhere)
{
	DO(cudaDriverGetVersion(NULL));
}

CASE(leave_the_last_error)
{
	int version = 0;

	DO_KEEP(cudaSetDevice(1000));
	DO_KEEP(cudaRuntimeGetVersion(&version));
	DO_KEEP(cudaDriverGetVersion(&version));
	SHOW(cudaGetLastError());
}

CASE(during_capture)
{
	enum cudaStreamCaptureStatus status = 0;
	cudaStream_t stream = NULL;
	int version = 0;

	NEED(cudaStreamCreate(&stream));
	NEED(cudaStreamBeginCapture(stream, cudaStreamCaptureModeGlobal));
	DO(cudaRuntimeGetVersion(&version));
	DO(cudaDriverGetVersion(&version));
	NEED(cudaStreamIsCapturing(stream, &status));
	SHOW(status);
}
