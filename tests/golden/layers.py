"""Makes `layers.safetensors`, with which `tests/layers/pytorch.rs` compares: every row of the table, run by PyTorch in double
precision.

    SHAPEFLOW_WRITE=1 cargo test --test layers pytorch
    python tests/golden/layers.py

The first writes `layers.json` beside this file: of each row the inputs, tensors, targets, and its expression. The expression is
evaluated with what is named here: `x` is what comes out of the layer `before`, `raw` its first input as it came, other inputs and
the tensors of a layer have their own names (`b`, `it.weight`), `training` says which pass it is, and `seen` is what the kernels
gave in training, for layers that draw numbers at random. Pictures have their channels last, as everywhere in Shapeflow.
"""

import json
from math import inf
from pathlib import Path
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from networks import save_file

torch.set_default_dtype(torch.float64)
FOLDER = Path(__file__).parent


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def oihw(weight):
    """The weight of a convolution as PyTorch has it, from `[height, width, in, out]`."""
    return weight.permute(3, 2, 0, 1)


def iohw(weight):
    """That of a transposed convolution."""
    return weight.permute(2, 3, 0, 1)


def dense(x, layer):
    """Also a convolution with filters of one pixel."""
    y = x @ layer.weight.reshape(layer.weight.shape[-2:])
    return y + layer.bias if hasattr(layer, "bias") else y


def same(x, kernel, stride, value=0.0):
    """A picture `(n, channels, height, width)` padded as TensorFlow counts `same`."""
    sides = []
    for size, k, s in zip(x.shape[2:], kernel, stride):
        total = max((-(-size // s) - 1) * s + k - size, 0)
        sides.insert(0, (total // 2, total - total // 2))
    return F.pad(x, [*sides[0], *sides[1]], value=value)


def mean_of_pixels(pool, x):
    """Average pooling in which padding doesn't count."""
    x = nchw(x)
    return nhwc(pool(x) / pool(torch.ones_like(x)))


def moving_norm(x, layer, momentum, epsilon):
    """BatchNorm: in training by the batch's statistics, towards which the running ones move."""
    channels = x.shape[-1]
    rows = x.reshape(-1, channels)
    mean, variance = layer.running_mean, layer.running_variance
    # What PyTorch calls momentum is how much of the batch comes in, not how much stays.
    y = F.batch_norm(rows, mean, variance, layer.scale, layer.shift, layer.training, 1 - momentum, epsilon)
    return y.reshape(x.shape)


def ways(f, x, raw):
    """An activation after a layer, after a difference, and after a product."""
    return f(1.5 * f(f(x) - raw)) + f(x)


def array(of):
    return torch.tensor(of["values"]).reshape(of["shape"])


def answer(row):
    tensors = {name: array(of).requires_grad_() for name, of in row["tensors"].items()}
    state = {name: array(of) for name, of in row["state"].items()}
    inputs = {name: array(of) for name, of in row["inputs"].items()}
    target = array(row["target"])

    def run(training):
        layers = {}
        for name, tensor in {**tensors, **state}.items():
            layer, part = name.split(".")
            setattr(layers.setdefault(layer, SimpleNamespace(training=training)), part, tensor)
        raw = inputs[row["first"]]
        names = {**globals(), **inputs, **layers, "raw": raw, "training": training, "seen": array(row["seen"])}
        names["x"] = dense(raw, layers["before"])
        y = eval(row["torch"], names)
        assert y.shape == target.shape, f"{row['name']}: {y.shape} instead of {target.shape}"
        return y

    with torch.no_grad():
        prediction = run(False)
    output = run(True)
    loss = 0.5 * ((output - target) ** 2).sum() / len(target)
    loss.backward()
    values = {"prediction": prediction, "output": output, "loss": loss.reshape(1)}
    values |= {f"gradient/{name}": tensor.grad for name, tensor in tensors.items()}
    values |= {f"state/{name}": tensor for name, tensor in state.items()}
    return {f"{row['name']}/{what}": value.detach().contiguous().numpy().astype("float32") for what, value in values.items()}


if __name__ == "__main__":
    questions = FOLDER / "layers.json"
    rows = json.loads(questions.read_text())
    answers = {}
    for row in rows:
        answers |= answer(row)
    save_file(answers, FOLDER / "layers.safetensors", {row["name"]: row["torch"] for row in rows})
    questions.unlink()
    print(f"{len(rows)} rows, {sum(a.size for a in answers.values())} numbers")
