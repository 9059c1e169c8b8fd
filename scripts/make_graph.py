#!/usr/bin/env python3
"""Writes the network's graph, untrained, as TorchScript: src/main/resources/digitstream/training/lenet.pt.

Run it with PyTorch 1.13 or newer (Debian: python3-torch) after changing the network. The file is part of the sources, so that building
and training need no Python.
"""
import pathlib

import torch
from torch import nn
from torch.nn import functional as F


class LeNet(nn.Module):
    """The tutorial's network. In: uint8 [N,1,28,28]. Out: float32 [N,10], logits while training, else probabilities."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.linear1 = nn.Linear(256, 64)
        self.linear2 = nn.Linear(64, 10)

    def features(self, x):
        # max(relu(x)) = relu(max(x)): pooling first leaves the rectifier a quarter of the work. The stride is
        # given because TorchScript's derivative of max_pool2d fails without it.
        x = F.relu(F.max_pool2d(self.conv1(x), 2, 2))
        return F.relu(F.max_pool2d(self.conv2(x), 2, 2))

    def classify(self, features):
        return self.linear2(F.relu(self.linear1(features.flatten(1))))

    def forward(self, x):
        x = x.float() / 255.0
        if self.training:
            return self.classify(self.features(x))
        return F.softmax(self.classify(self.features(x)), 1)

    @torch.jit.export
    def forward_mkldnn(self, x):
        """The same probabilities, with the convolutions on MKL-DNN tensors: for x86 processors, where they are faster."""
        x = self.features((x.float() / 255.0).to_mkldnn())
        return F.softmax(self.classify(x.to_dense()), 1)


def main():
    torch.manual_seed(0)
    path = pathlib.Path(__file__).parent.parent / "src/main/resources/digitstream/training/lenet.pt"
    torch.jit.save(torch.jit.script(LeNet()), str(path))
    print(f"wrote {path} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
