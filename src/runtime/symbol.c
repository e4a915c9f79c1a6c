/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain symbol: device variables by their host addresses, and copies to and from them. The order
 * of the checks is that of NVIDIA's library on an H200: no bytes, no error, whatever else is wrong;
 * then the symbol (13), the bounds (1), the direction (21), and the copy's own. In asynchronous
 * copies the direction comes first.
 */
#include "runtime/calls.h"
#include "runtime/entry.h"
#include "runtime/symbol_table.h"

/* NVIDIA's library crashes when there is no place for the answer. */
cudaError_t rt_cudaGetSymbolAddress(void **devPtr, const void *symbol)
{
	struct rt_variable_place place;
	cudaError_t error = rt_variable_find(symbol, &place);

	if (error == cudaSuccess && devPtr == NULL)
		error = cudaErrorInvalidValue;
	if (error == cudaSuccess)
		*devPtr = (void *)(uintptr_t)place.address;
	return error;
}

/* The size is the one that the program was compiled with, whatever the image says. */
cudaError_t rt_cudaGetSymbolSize(size_t *size, const void *symbol)
{
	struct rt_variable_place place;
	cudaError_t error = rt_variable_find(symbol, &place);

	if (error == cudaSuccess && size == NULL)
		error = cudaErrorInvalidValue;
	if (error == cudaSuccess)
		*size = place.registered;
	return error;
}

/*
 * The symbol's side of the copy is device memory: `opposite` is the one direction that is wrong
 * besides from host to host.
 */
static cudaError_t check_kind(enum cudaMemcpyKind kind, enum cudaMemcpyKind opposite)
{
	if (kind == opposite || kind == cudaMemcpyHostToHost ||
	    (unsigned int)kind > cudaMemcpyDefault)
		return cudaErrorInvalidMemcpyDirection;
	return cudaSuccess;
}

/* Where `count` bytes at `offset` of the variable are. */
static cudaError_t find_range(const void *symbol, size_t count, size_t offset,
			      enum cudaMemcpyKind kind, enum cudaMemcpyKind opposite, void **place)
{
	cudaError_t error = rt_symbol_part(symbol, offset, count, place);

	return error == cudaSuccess ? check_kind(kind, opposite) : error;
}

static cudaError_t find_range_async(const void *symbol, size_t count, size_t offset,
				    enum cudaMemcpyKind kind, enum cudaMemcpyKind opposite,
				    void **place)
{
	cudaError_t error = check_kind(kind, opposite);

	return error == cudaSuccess ? rt_symbol_part(symbol, offset, count, place) : error;
}

cudaError_t rt_cudaMemcpyToSymbol(const void *symbol, const void *src, size_t count, size_t offset,
				  enum cudaMemcpyKind kind)
{
	void *to;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range(symbol, count, offset, kind, cudaMemcpyDeviceToHost, &to);
	return error == cudaSuccess ? rt_cudaMemcpy(to, src, count, kind) : error;
}

cudaError_t rt_cudaMemcpyToSymbol_ptds(const void *symbol, const void *src, size_t count,
				       size_t offset, enum cudaMemcpyKind kind)
{
	void *to;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range(symbol, count, offset, kind, cudaMemcpyDeviceToHost, &to);
	return error == cudaSuccess ? rt_cudaMemcpy_ptds(to, src, count, kind) : error;
}

cudaError_t rt_cudaMemcpyToSymbolAsync(const void *symbol, const void *src, size_t count,
				       size_t offset, enum cudaMemcpyKind kind, cudaStream_t stream)
{
	void *to;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range_async(symbol, count, offset, kind, cudaMemcpyDeviceToHost, &to);
	return error == cudaSuccess ? rt_cudaMemcpyAsync(to, src, count, kind, stream) : error;
}

cudaError_t rt_cudaMemcpyFromSymbol(void *dst, const void *symbol, size_t count, size_t offset,
				    enum cudaMemcpyKind kind)
{
	void *from;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range(symbol, count, offset, kind, cudaMemcpyHostToDevice, &from);
	return error == cudaSuccess ? rt_cudaMemcpy(dst, from, count, kind) : error;
}

cudaError_t rt_cudaMemcpyFromSymbol_ptds(void *dst, const void *symbol, size_t count, size_t offset,
					 enum cudaMemcpyKind kind)
{
	void *from;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range(symbol, count, offset, kind, cudaMemcpyHostToDevice, &from);
	return error == cudaSuccess ? rt_cudaMemcpy_ptds(dst, from, count, kind) : error;
}

cudaError_t rt_cudaMemcpyFromSymbolAsync(void *dst, const void *symbol, size_t count, size_t offset,
					 enum cudaMemcpyKind kind, cudaStream_t stream)
{
	void *from;
	cudaError_t error;

	if (count == 0)
		return cudaSuccess;
	error = find_range_async(symbol, count, offset, kind, cudaMemcpyHostToDevice, &from);
	return error == cudaSuccess ? rt_cudaMemcpyAsync(dst, from, count, kind, stream) : error;
}
