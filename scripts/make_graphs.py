#!/usr/bin/env python3
"""Writes the graphs that training starts from, as TorchScript, to src/main/resources/digitstream/training:

    lenet.pt, lenet.json      the tutorial's network and its layers
    convnet.pt, convnet.json  an ensemble of three larger networks and their layers
    augment.pt                augments training images: translation, rotation, scale, shear and elastic distortion

After changing a network, run this script with PyTorch 1.13 or newer (Debian: python3-torch). The files are checked in, so that building and
training need no Python.
"""
import io
import json
import pathlib

from typing import List

import torch
from torch import nn
from torch.nn import functional as F

# Larger batches are divided, because the C library returns their activations to the operating system after each operation, and then each
# 4 kB cost a page fault. Smaller parts would pay an operation's fixed cost more often.
PART = 256

RESOURCES = pathlib.Path(__file__).parent.parent / "src/main/resources/digitstream/training"


class Network(nn.Module):
    """Input: uint8 [N,1,28,28]. Output: float32 [N,10], logits in training mode, otherwise probabilities."""

    def __init__(self, features, classifier):
        super().__init__()
        self.features = features
        self.classifier = classifier

    def forward(self, x):
        logits = self.classifier(self.features(x.float() / 255.0).flatten(1))
        if self.training:
            return logits
        return F.softmax(logits, 1)

    @torch.jit.export
    def forward_mkldnn(self, x):
        """Returns the same probabilities, with the convolutions on MKL-DNN tensors, which are faster on x86 processors."""
        features = self.features((x.float() / 255.0).to_mkldnn()).to_dense()
        return F.softmax(self.classifier(features.flatten(1)), 1)


def reordered(weight, stride: List[int], dtype: torch.dtype):
    """Returns a convolution's weights in MKL-DNN's own order."""
    return torch._C._nn.mkldnn_reorder_conv2d_weight(weight.to_mkldnn(dtype), [0, 0], stride, [1, 1], 1)


def affine(weight, bias, mean, variance, eps: float):
    """Returns batch normalisation in evaluation mode as a scale and a shift."""
    scale = weight / torch.sqrt(variance + eps)
    return scale, bias - mean * scale


class LeNet(Network):
    """Has forward_prepared, which returns the same probabilities with less work than forward_mkldnn. Call prepare once before it.
    forward_bfloat16 runs the convolutions in that type, where the processor can. Call prepare_bfloat16 once before it.

    MKL-DNN computes 16 channels at a time, so that 10 of 16 would be padding for the first convolution's 6. Its filters are therefore
    applied to two columns at once: 12 channels, of which channel c + 6 is channel c of the next column. Half of the 2x2 pooling is then
    a maximum of channels."""

    def __init__(self, features, classifier):
        super().__init__(features, classifier)
        self.part = PART
        self.weight1 = torch.empty(0)
        self.bias1 = torch.empty(0)
        self.weight2 = torch.empty(0)
        self.weight1_bfloat16 = torch.empty(0)
        self.bias1_bfloat16 = torch.empty(0)
        self.weight2_bfloat16 = torch.empty(0)
        self.bias2_bfloat16 = torch.empty(0)

    def two_columns(self):
        """Returns the first convolution's weights and bias for two columns, with the pixels' scale in the weights."""
        bias = self.features[0].bias
        assert bias is not None
        weight = self.features[0].weight / 255.0
        return torch.cat([F.pad(weight, [0, 1]), F.pad(weight, [1, 0])]), torch.cat([bias, bias])

    @torch.jit.export
    def prepare(self):
        """Computes what forward_prepared needs from the parameters, and returns an arbitrary tensor. Not thread-safe."""
        weight, bias = self.two_columns()
        self.bias1 = bias
        self.weight1 = reordered(weight, [1, 2], torch.float32)
        self.weight2 = reordered(self.features[3].weight, [1, 1], torch.float32)
        return self.bias1

    @torch.jit.export
    def prepare_bfloat16(self):
        """Likewise for forward_bfloat16. Fails if the processor can't compute in that type."""
        weight, bias = self.two_columns()
        bias2 = self.features[3].bias
        assert bias2 is not None
        self.bias1_bfloat16 = bias.to_mkldnn(torch.bfloat16)
        self.weight1_bfloat16 = reordered(weight, [1, 2], torch.bfloat16)
        self.bias2_bfloat16 = bias2.to_mkldnn(torch.bfloat16)
        self.weight2_bfloat16 = reordered(self.features[3].weight, [1, 1], torch.bfloat16)
        return bias

    def prepared_features(self, x):
        y = F.conv2d(x.float().to_mkldnn(), self.weight1, self.bias1, [1, 2])
        y = F.max_pool2d(y, [2, 1], [2, 1]).to_dense()
        y = F.relu(torch.maximum(y[:, :6], y[:, 6:]))
        y = F.conv2d(y.to_mkldnn(), self.weight2, self.features[3].bias)
        return F.relu(F.max_pool2d(y, [2, 2], [2, 2]).to_dense()).flatten(1)

    def bfloat16_features(self, x):
        y = F.conv2d(x.float().to_mkldnn(torch.bfloat16), self.weight1_bfloat16, self.bias1_bfloat16, [1, 2])
        y = F.max_pool2d(y, [2, 1], [2, 1]).to_dense(torch.bfloat16)
        y = F.relu(torch.maximum(y[:, :6], y[:, 6:]))
        y = F.conv2d(y.to_mkldnn(), self.weight2_bfloat16, self.bias2_bfloat16)
        return F.relu(F.max_pool2d(y, [2, 2], [2, 2]).to_dense(torch.float32)).flatten(1)

    @torch.jit.export
    def forward_prepared(self, x):
        if x.size(0) <= self.part:
            features = self.prepared_features(x)
        else:
            parts: List[torch.Tensor] = []
            for part in x.split(self.part):
                parts.append(self.prepared_features(part))
            features = torch.cat(parts)
        return F.softmax(self.classifier(features), 1)

    @torch.jit.export
    def forward_bfloat16(self, x):
        if x.size(0) <= self.part:
            features = self.bfloat16_features(x)
        else:
            parts: List[torch.Tensor] = []
            for part in x.split(self.part):
                parts.append(self.bfloat16_features(part))
            features = torch.cat(parts)
        return F.softmax(self.classifier(features), 1)


def lenet():
    # max(relu(x)) = relu(max(x)), so pooling first reduces the ReLU's work to a quarter. The stride is explicit because
    # TorchScript's derivative of max_pool2d fails without it.
    return LeNet(
        nn.Sequential(
            nn.Conv2d(1, 6, 5),
            nn.MaxPool2d(2, 2),
            nn.ReLU(),
            nn.Conv2d(6, 16, 5),
            nn.MaxPool2d(2, 2),
            nn.ReLU(),
        ),
        nn.Sequential(nn.Linear(256, 64), nn.ReLU(), nn.Linear(64, 10)),
    )


class ConvNet(Network):
    """Has forward_bfloat16, which runs the second and third convolution in that type, where the processor can. Call prepare_bfloat16 once
    before it. Batch normalisation is part of the weights where it follows a convolution or linear layer directly, otherwise it is a
    multiplication and an addition."""

    def __init__(self, features, classifier):
        super().__init__(features, classifier)
        self.weight1 = torch.empty(0)
        self.scale1 = torch.empty(0)
        self.shift1 = torch.empty(0)
        self.weight2 = torch.empty(0)
        self.bias2 = torch.empty(0)
        self.weight3 = torch.empty(0)
        self.scale3 = torch.empty(0)
        self.shift3 = torch.empty(0)
        self.weight4 = torch.empty(0)
        self.bias4 = torch.empty(0)

    @torch.jit.export
    def prepare_bfloat16(self):
        """Computes what forward_bfloat16 needs from the parameters, and returns an arbitrary tensor. Fails if the processor can't compute
        in that type. Not thread-safe."""
        # One assignment for each: in a tuple, TorchScript does not find a layer's constants.
        norm1 = self.features[2]
        norm2 = self.features[5]
        norm3 = self.features[9]
        norm4 = self.classifier[1]
        self.weight1 = reordered(self.features[0].weight / 255.0, [1, 1], torch.float32)
        scale1, shift1 = affine(norm1.weight, norm1.bias, norm1.running_mean, norm1.running_var, norm1.eps)
        self.scale1 = scale1.reshape([1, -1, 1, 1])
        self.shift1 = shift1.reshape([1, -1, 1, 1])
        scale2, bias2 = affine(norm2.weight, norm2.bias, norm2.running_mean, norm2.running_var, norm2.eps)
        self.weight2 = reordered(self.features[4].weight * scale2.reshape([-1, 1, 1, 1]), [1, 1], torch.bfloat16)
        self.bias2 = bias2.to_mkldnn(torch.bfloat16)
        self.weight3 = reordered(self.features[7].weight, [1, 1], torch.bfloat16)
        scale3, shift3 = affine(norm3.weight, norm3.bias, norm3.running_mean, norm3.running_var, norm3.eps)
        self.scale3 = scale3.reshape([1, -1, 1, 1])
        self.shift3 = shift3.reshape([1, -1, 1, 1])
        scale4, self.bias4 = affine(norm4.weight, norm4.bias, norm4.running_mean, norm4.running_var, norm4.eps)
        self.weight4 = self.classifier[0].weight * scale4.reshape([-1, 1])
        return bias2

    @torch.jit.export
    def forward_bfloat16(self, x):
        y = F.max_pool2d(F.conv2d(x.float().to_mkldnn(), self.weight1, None), [2, 2], [2, 2]).to_dense()
        y = F.relu(torch.addcmul(self.shift1, y, self.scale1))
        y = F.relu(F.conv2d(y.to_mkldnn(torch.bfloat16), self.weight2, self.bias2))
        y = F.max_pool2d(F.conv2d(y, self.weight3, None), [2, 2], [2, 2]).to_dense(torch.float32)
        y = F.relu(torch.addcmul(self.shift3, y, self.scale3)).flatten(1)
        y = F.relu(F.linear(y, self.weight4, self.bias4))
        return F.softmax(self.classifier[4](y), 1)


def convnet():
    # No biases, because the normalisation layers have their own.
    return ConvNet(
        nn.Sequential(
            nn.Conv2d(1, 32, 5, bias=False),
            nn.MaxPool2d(2, 2),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Conv2d(64, 64, 3, bias=False),
            nn.MaxPool2d(2, 2),
            nn.BatchNorm2d(64),
            nn.ReLU(),
        ),
        nn.Sequential(
            nn.Linear(1024, 128, bias=False),
            nn.BatchNorm1d(128),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(128, 10),
        ),
    )


class Committee(nn.Module):
    """Networks that are trained in parallel and whose probabilities are averaged.

    Input: uint8 [N,1,28,28]. Output: float32 [N,10]; in training mode the members' logits, concatenated, [members * N,10]."""

    def __init__(self, members):
        super().__init__()
        self.members = nn.ModuleList(members)
        # An image's activations are four times as large as those of the small network.
        self.part = PART // 4

    def forward(self, x):
        outputs = []
        for member in self.members:
            outputs.append(member(x))
        if self.training:
            return torch.cat(outputs)
        return torch.stack(outputs).mean(0)

    @torch.jit.export
    def forward_mkldnn(self, x):
        outputs = []
        for member in self.members:
            outputs.append(member.forward_mkldnn(x))
        return torch.stack(outputs).mean(0)

    @torch.jit.export
    def prepare_bfloat16(self):
        returned = []
        for member in self.members:
            returned.append(member.prepare_bfloat16())
        return returned[0]

    @torch.jit.export
    def forward_bfloat16(self, x):
        parts: List[torch.Tensor] = []
        for part in x.split(self.part):
            outputs = []
            for member in self.members:
                outputs.append(member.forward_bfloat16(part))
            parts.append(torch.stack(outputs).mean(0))
        return torch.cat(parts)


class Augment(nn.Module):
    """Input: uint8 [N,1,28,28] and float32 [5], the bounds of rotation (radians), scale (fraction), shear (fraction), translation (pixels)
    and elastic distortion (pixels, standard deviation). Output: float32 [N,1,28,28], 0 to 255.

    Random numbers come from PyTorch's generator for the images' device."""

    def forward(self, x, strength):
        n = x.size(0)
        random = torch.rand([n, 6], device=x.device) * 2 - 1
        turn = random[:, 0] * strength[0]
        across = 1 + random[:, 1] * strength[1]
        down = 1 + random[:, 2] * strength[1]
        shear = random[:, 3] * strength[2]
        # The grid ranges from -1 to 1, so 14 pixels are 1.
        shift = random[:, 4:6] * strength[3] / 14
        cos, sin = torch.cos(turn), torch.sin(turn)
        affine = torch.stack([cos * across, shear - sin * down, shift[:, 0], sin * across, cos * down, shift[:, 1]], 1)
        grid = F.affine_grid(affine.reshape(n, 2, 3), [n, 1, 28, 28], align_corners=False)
        # A smooth displacement field: a coarse random one, upsampled.
        bend = torch.randn([n, 2, 5, 5], device=x.device) * (strength[4] / 14)
        bend = F.interpolate(bend, size=[28, 28], mode="bicubic", align_corners=True)
        return F.grid_sample(x.float(), grid + bend.permute(0, 2, 3, 1), "bilinear", "zeros", False)


def layer(module):
    if isinstance(module, nn.Conv2d):
        return {
            "type": "Conv2d",
            "filters": module.out_channels,
            "size": module.kernel_size[0],
            "stride": module.stride[0],
            "padding": module.padding[0],
            "bias": module.bias is not None,
        }
    if isinstance(module, nn.MaxPool2d):
        return {"type": "MaxPool2d", "size": module.kernel_size, "stride": module.stride}
    if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return {"type": "BatchNorm"}
    if isinstance(module, nn.Linear):
        return {"type": "Linear", "units": module.out_features, "bias": module.bias is not None}
    if isinstance(module, nn.Dropout):
        return {"type": "Dropout", "probability": module.p}
    assert isinstance(module, nn.ReLU), module
    return {"type": "ReLU"}


def write(name, module):
    path = RESOURCES / f"{name}.pt"
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(module), buffer)
    buffer.seek(0)
    # A loaded module is saved with other debug information, and the same each time it is loaded and saved again. So training writes the
    # same file whether it was interrupted or not.
    torch.jit.save(torch.jit.load(buffer), str(path))
    print(f"wrote {path.name} ({path.stat().st_size} bytes)")


def main():
    torch.manual_seed(0)
    for name, network, members in (("lenet", lenet(), 1), ("convnet", convnet(), 3)):
        write(name, network if members == 1 else Committee([network] + [convnet() for _ in range(members - 1)]))
        layers = [layer(module) for module in [*network.features, *network.classifier]]
        lines = ",\n".join("    " + json.dumps(it) for it in layers)
        (RESOURCES / f"{name}.json").write_text(f'{{\n  "members": {members},\n  "layers": [\n{lines}\n  ]\n}}\n')
    write("augment", Augment())


if __name__ == "__main__":
    main()
