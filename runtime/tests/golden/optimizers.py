"""Writes optimizers.json: parameters after 1, 10 and 20 steps of PyTorch's optimizers, with given gradients.

Run with a Python that has torch: `python runtime/tests/golden/optimizers.py`.
"""
import json
import pathlib

import torch

torch.manual_seed(11)


def digits(tensor):
    """Nine significant digits hold an f32."""
    return [float(f"{x:.9g}") for x in tensor.flatten().tolist()]


SIZE, STEPS = 19, 20
start = torch.randn(SIZE)
gradients = [torch.randn(SIZE) * 10 ** torch.empty(SIZE).uniform_(-3, 1) for _ in range(STEPS)]
optim = torch.optim
rates = {"eps": 1e-7}
settings = {
    "GradientDescent": (optim.SGD, {"lr": 0.05}),
    "Sgd": (optim.SGD, {"lr": 0.05, "weight_decay": 0.01}),
    "Sgd momentum": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "Sgd nesterov": (optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "Adam": (optim.Adam, {"lr": 0.01, **rates}),
    "Adam betas": (optim.Adam, {"lr": 0.01, "betas": (0.8, 0.99), "eps": 1e-4}),
    "AdamW": (optim.AdamW, {"lr": 0.01, "weight_decay": 0.1, **rates}),
    "RmsProp": (optim.RMSprop, {"lr": 0.01, "alpha": 0.9, **rates}),
    "RmsProp momentum": (optim.RMSprop, {"lr": 0.01, "alpha": 0.95, "momentum": 0.8, "weight_decay": 0.01, **rates}),
    "RmsProp centered": (optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "centered": True, "eps": 1e-3}),
    "RmsProp centered momentum": (
        optim.RMSprop, {"lr": 0.01, "alpha": 0.9, "centered": True, "momentum": 0.8, "eps": 1e-3}),
}
runs = {}
for name, (make, options) in settings.items():
    parameter = torch.nn.Parameter(start.double())
    optimizer = make([parameter], **options)
    after = {}
    for step, gradient in enumerate(gradients, 1):
        parameter.grad = gradient.double()
        optimizer.step()
        if step in (1, 10, 20):
            after[step] = digits(parameter.detach())
    runs[name] = after

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({
    "start": digits(start),
    "gradients": [digits(gradient) for gradient in gradients],
    "runs": runs,
}) + "\n")
