# SPDX-License-Identifier: Apache-2.0
"""For the flight recorder: seconds of work, a wait that is too long, more work, an abort."""
import os
import time

import torch


def work(seconds):
    x = torch.eye(256, device="cuda")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        x = (x @ x).clamp(-1, 1)
    torch.cuda.synchronize()


work(3)
# Cycles of the GPU's clock: a second and more.
torch.cuda._sleep(3_000_000_000)
torch.cuda.synchronize()
work(2)
os.abort()
