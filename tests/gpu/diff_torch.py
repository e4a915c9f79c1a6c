# SPDX-License-Identifier: Apache-2.0
"""diff_torch.py MODE [CHANGE] - a training run for scripts/gpu-diff, which compares runs of it.

MODE: eager, benchmark (cudnn.benchmark), loader (4 workers, pinned memory), compile (torch.compile),
expandable (expandable segments), scaler (GradScaler whose scale is too large at times).
CHANGE plants one: sync, pageable, grid, copy, stream, memory; none without it.
"""
import os
import sys

MODES = ("eager", "benchmark", "loader", "compile", "expandable", "scaler")
CHANGES = ("none", "sync", "pageable", "grid", "copy", "stream", "memory")
STEPS = 40
BATCH = 32

mode = sys.argv[1] if len(sys.argv) > 1 else ""
change = sys.argv[2] if len(sys.argv) > 2 else "none"
if mode not in MODES or change not in CHANGES:
    sys.exit(__doc__)
if mode == "expandable":
    os.environ["PYTORCH_CUDA_ALLOC_CONF"] = "expandable_segments:True"
    os.environ["PYTORCH_ALLOC_CONF"] = "expandable_segments:True"

import torch  # noqa: E402 (the variables above must be set before)
from torch import nn  # noqa: E402


class Images(torch.utils.data.Dataset):
    """The same images in every run."""

    def __len__(self):
        return STEPS * BATCH

    def __getitem__(self, index):
        generator = torch.Generator().manual_seed(index)
        return torch.randn(3, 32, 32, generator=generator), index % 10


def network():
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.BatchNorm2d(64), nn.ReLU(),
        nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(1024, 256), nn.GELU(), nn.Linear(256, 10),
    ).cuda()


def batches():
    """Pinned batches on the host: from the loader's workers, or one that is used again."""
    pinned = change != "pageable"
    if mode == "loader":
        yield from torch.utils.data.DataLoader(Images(), BATCH, num_workers=4, pin_memory=pinned)
        return
    images, labels = torch.randn(BATCH, 3, 32, 32), torch.arange(BATCH) % 10
    if pinned:
        images, labels = images.pin_memory(), labels.pin_memory()
    for _ in range(STEPS):
        yield images, labels


class Step:
    def __init__(self):
        self.model = network()
        self.forward = torch.compile(self.model) if mode == "compile" else self.model
        self.optimiser = torch.optim.AdamW(self.model.parameters(), lr=1e-3)
        # So large that steps are skipped until it has come down, and now and then afterwards.
        self.scaler = torch.amp.GradScaler("cuda", init_scale=2.0 ** 40, growth_interval=4,
                                           enabled=mode == "scaler")
        self.side = torch.cuda.Stream()
        self.noise = torch.zeros(1 << 16, device="cuda")
        self.kept = []

    def augment(self):
        with torch.cuda.stream(torch.cuda.current_stream() if change == "stream" else self.side):
            self.noise.normal_()
        if change == "grid":
            torch.zeros(1 << 14, device="cuda").add_(1)
        else:
            torch.zeros(1 << 13, device="cuda").add_(1)

    def __call__(self, images, labels):
        images = images.cuda(non_blocking=True)
        labels = labels.cuda(non_blocking=True)
        if change == "copy":
            self.noise[:16].copy_(self.noise[16:32])
        if change == "memory":
            self.kept.append(torch.empty(8 << 20, dtype=torch.uint8, device="cuda"))
        self.augment()
        self.optimiser.zero_grad()
        with torch.autocast("cuda", torch.float16, enabled=mode == "scaler"):
            loss = nn.functional.cross_entropy(self.forward(images), labels)
        self.scaler.scale(loss).backward()
        if change == "sync":
            torch.cuda.synchronize()
        self.scaler.step(self.optimiser)
        self.scaler.update()
        return loss


def main():
    torch.manual_seed(0)
    torch.backends.cudnn.benchmark = mode == "benchmark"
    step = Step()
    for number, (images, labels) in enumerate(batches()):
        loss = step(images, labels)
        if number % 10 == 9:
            print("step", number + 1, "loss", loss.item())
    torch.cuda.synchronize()


if __name__ == "__main__":
    main()
