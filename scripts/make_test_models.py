#!/usr/bin/env python3
"""Writes the model files of the tests to src/test/resources/models.

    state_dict.pt ... onnx.pt          files that people name model.pt though they are not TorchScript
    traced_dropout.pt                  traced without eval(), so that dropout stays active
    traced_batch_norm.pt               traced without eval(), so that images depend on their batch
    scripted_in_training_mode.pt       scripted without eval(), which is harmless

After a change, run this script with PyTorch 1.13 or newer (Debian: python3-torch). The files are checked in, so that testing needs no Python.
"""
import pathlib
import pickle

import torch
from torch import nn
from torch.nn import functional as F

RESOURCES = pathlib.Path(__file__).parent.parent / "src/test/resources/models"


class Net(nn.Module):
    """A small network with the input and output of every model: uint8 [N,1,28,28] in, float32 [N,10] probabilities out."""

    def __init__(self, *layers):
        super().__init__()
        self.layers = nn.Sequential(*layers, nn.Linear(16, 10))

    def forward(self, x):
        return F.softmax(self.layers(F.avg_pool2d(x.float() / 255, 7).flatten(1)), 1)


def main():
    RESOURCES.mkdir(exist_ok=True)
    torch.manual_seed(0)
    net = Net().eval()
    weights = net.state_dict()
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)

    torch.save(weights, RESOURCES / "state_dict.pt")
    torch.save(weights, RESOURCES / "state_dict_old_format.pt", _use_new_zipfile_serialization=False)
    torch.save(dict(weights), RESOURCES / "dictionary.pt")
    torch.save(net, RESOURCES / "module.pt")
    torch.save(net, RESOURCES / "module_old_format.pt", _use_new_zipfile_serialization=False)
    torch.save(net.layers, RESOURCES / "sequential.pt")
    torch.save(
        {"epoch": 3, "model_state_dict": weights, "optimizer_state_dict": optimizer.state_dict(), "loss": 0.3},
        RESOURCES / "checkpoint.pt",
    )
    torch.save({"model": net, "args": {"lr": 0.1}}, RESOURCES / "dictionary_of_module.pt")
    torch.save(torch.zeros(3), RESOURCES / "tensor.pt")
    (RESOURCES / "pickle.pt").write_bytes(pickle.dumps(weights))
    (RESOURCES / "pickled_object.pt").write_bytes(pickle.dumps(pathlib.PurePosixPath("x")))
    torch.onnx.export(net, torch.zeros(1, 1, 28, 28), str(RESOURCES / "onnx.pt"))

    images = torch.randint(0, 256, [8, 1, 28, 28], dtype=torch.uint8)
    torch.jit.trace(Net(nn.Dropout(0.5)).train(), images, check_trace=False).save(str(RESOURCES / "traced_dropout.pt"))
    torch.jit.trace(Net(nn.BatchNorm1d(16)).train(), images, check_trace=False).save(str(RESOURCES / "traced_batch_norm.pt"))
    torch.jit.script(Net(nn.BatchNorm1d(16), nn.Dropout(0.5)).train()).save(str(RESOURCES / "scripted_in_training_mode.pt"))


if __name__ == "__main__":
    main()
