"""Writes losses.json: PyTorch's losses and their gradients by the value before the link.

Run with a Python that has torch: `python runtime/tests/golden/losses.py`.
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(7)
cases = []


def digits(tensor):
    """Nine significant digits hold an f32."""
    return [float(f"{x:.9g}") for x in tensor.flatten().tolist()]


def add(loss, link, shape, targets, compute, **settings):
    """`shape`: (examples, *axes of the output); `compute(x)` is PyTorch's loss of the value before the link."""
    x = (torch.randn(shape, dtype=torch.float32) * 2).requires_grad_(True)
    value = compute(x.double())
    value.backward()
    cases.append({
        "loss": loss,
        "link": link,
        "shape": list(shape),
        "settings": settings,
        "outputs": digits(x.detach()),
        "targets": digits(targets),
        "value": value.item(),
        "gradients": digits(x.grad),
    })


links = {"Plain": lambda x: x, "Sigmoid": torch.sigmoid}
for link, through in links.items():
    for shape in [(5, 1), (4, 3), (3, 2, 4)]:
        t = torch.rand(shape)
        add("MeanSquaredError", link, shape, t, lambda x: F.mse_loss(through(x), t.double()))
        add("MeanAbsoluteError", link, shape, t, lambda x: F.l1_loss(through(x), t.double()))
        for delta in [0.3, 1.0]:
            add("Huber", link, shape, t, lambda x: F.huber_loss(through(x), t.double(), delta=delta), delta=delta)

for link in ["Sigmoid", "Plain"]:
    for shape in [(6, 1), (4, 3), (2, 3, 2)]:
        t = torch.randint(0, 2, shape).float()
        add("BinaryCrossEntropy", link, shape, t, lambda x: F.binary_cross_entropy_with_logits(x, t.double()))
        add("BinaryCrossEntropy", link, shape, t, lambda x: F.binary_cross_entropy_with_logits(
            x, t.double(), pos_weight=torch.tensor([2.5]).double()), positive_weights=[2.5])
        # Keras' smoothing, which PyTorch's function has no setting for.
        add("BinaryCrossEntropy", link, shape, t, lambda x: F.binary_cross_entropy_with_logits(
            x, t.double() * 0.8 + 0.1), label_smoothing=0.2)
    t = torch.rand((4, 3))
    add("BinaryCrossEntropy", link, (4, 3), t, lambda x: F.binary_cross_entropy_with_logits(
        x, t.double(), pos_weight=torch.tensor([2.0, 0.5, 3.0]).double()), positive_weights=[2.0, 0.5, 3.0])

for link in ["Softmax", "LogSoftmax", "Plain"]:
    for smoothing in [0.0, 0.1]:
        for weights in [[], [1.0, 2.0, 0.5, 0.0]]:
            w = torch.tensor(weights).double() if weights else None
            settings = {"label_smoothing": smoothing, "class_weights": weights}
            for shape in [(5, 4), (3, 2, 2, 4)]:
                t = torch.randint(0, 4, shape[:-1])
                add("SparseCategoricalCrossEntropy", link, shape, t, lambda x: F.cross_entropy(
                    x.reshape(-1, 4), t.flatten(), weight=w, label_smoothing=smoothing), **settings)
                soft = torch.softmax(torch.randn(shape), -1)
                add("CategoricalCrossEntropy", link, shape, soft, lambda x: F.cross_entropy(
                    x.reshape(-1, 4), soft.double().reshape(-1, 4), weight=w, label_smoothing=smoothing), **settings)

# Last, so that the cases before it stay as they are. The same as keras.losses.LogCosh.
for link, through in links.items():
    for shape in [(5, 1), (4, 3), (3, 2, 4)]:
        t = torch.rand(shape)

        def log_cosh(x):
            d = (through(x) - t.double()).abs()
            return (d + F.softplus(-2 * d) - math.log(2)).mean()

        add("LogCosh", link, shape, t, log_cosh)

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
