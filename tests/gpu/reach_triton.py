# SPDX-License-Identifier: Apache-2.0
"""A Triton kernel, which is launched through the driver's interface, on PyTorch's memory."""
import torch
import triton
import triton.language as tl


@triton.jit
def add_kernel(x, y, out, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = at < n
    tl.store(out + at, tl.load(x + at, mask=inside) + tl.load(y + at, mask=inside), mask=inside)


x = torch.arange(10000, device="cuda", dtype=torch.float32)
y = torch.ones(10000, device="cuda")
out = torch.empty_like(x)
add_kernel[(triton.cdiv(10000, 256),)](x, y, out, 10000, BLOCK=256)
print("sum", out.sum().item().hex())
