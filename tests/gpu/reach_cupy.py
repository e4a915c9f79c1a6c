# SPDX-License-Identifier: Apache-2.0
"""CuPy, which carries a runtime of its own: ufuncs, a reduction, a raw kernel, a pinned copy back."""
import cupy

a = cupy.arange(1 << 16, dtype=cupy.float32)
print("sum", float((a * 2 + 1).sum()).hex())
kernel = cupy.RawKernel(
    'extern "C" __global__ void scaled(float *to, const float *from, float by, int n)'
    "{ int i = blockIdx.x * blockDim.x + threadIdx.x; if (i < n) to[i] = by * from[i]; }", "scaled")
b = cupy.empty_like(a)
kernel((256,), (256,), (b, a, cupy.float32(3), cupy.int32(a.size)))
print("scaled", float(b[1000]).hex(), float(cupy.linalg.norm(b[:64])).hex())
stream = cupy.cuda.Stream()
with stream:
    c = cupy.sqrt(a)
stream.synchronize()
print("sqrt", float(c[-1]).hex())
