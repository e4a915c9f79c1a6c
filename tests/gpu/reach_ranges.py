# SPDX-License-Identifier: Apache-2.0
"""Three training steps with ranges of the program's own, for record --torch."""
import torch

torch.manual_seed(0)
model = torch.nn.Linear(64, 64).cuda()
optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.ones(32, 64, device="cuda")
for step in range(3):
    torch.cuda.nvtx.range_push("step %d" % step)
    optimiser.zero_grad()
    loss = model(x).square().mean()
    loss.backward()
    optimiser.step()
    torch.cuda.nvtx.range_pop()
    print("loss", loss.item().hex())
