# SPDX-License-Identifier: Apache-2.0
"""Products by cuBLAS under PyTorch, which launches from a CUDA runtime of its own."""
import os

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch  # noqa: E402 (the variable above must be set before)

torch.use_deterministic_algorithms(True)
a = torch.arange(512 * 512, device="cuda", dtype=torch.float32).reshape(512, 512) / 262144
b = torch.eye(512, device="cuda") * 2
print("mm", torch.mm(a, b).double().sum().item().hex())
print("half", torch.mm(a.half(), b.half()).double().sum().item().hex())
