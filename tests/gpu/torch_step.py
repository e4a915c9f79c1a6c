# SPDX-License-Identifier: Apache-2.0
"""A small training run: tensors, a product, forward, backward, optimiser steps; prints losses exactly."""
import os

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")

import torch  # noqa: E402 (the variable above must be set before)

torch.manual_seed(0)
torch.use_deterministic_algorithms(True)
device = torch.device("cuda")
a = torch.randn(256, 256, device=device)
b = torch.randn(256, 256, device=device)
print("product", (a @ b).double().sum().item().hex())

model = torch.nn.Sequential(
    torch.nn.Linear(256, 512), torch.nn.GELU(), torch.nn.LayerNorm(512), torch.nn.Linear(512, 10)
).to(device)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
labels = torch.randint(0, 10, (256,), device=device)
for step in range(5):
    optimiser.zero_grad()
    loss = torch.nn.functional.cross_entropy(model(a), labels)
    loss.backward()
    optimiser.step()
    print("step", step, "loss", loss.item().hex())
stream = torch.cuda.Stream()
with torch.cuda.stream(stream):
    c = (a * 2).sum()
stream.synchronize()
print("side stream", c.item().hex())
print("allocated", torch.cuda.memory_allocated() > 0)
