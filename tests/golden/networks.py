"""Makes the values that `tests/networks.rs` compares with: whole networks, run by PyTorch in double precision. (Single layers stand
in `layers.py`.)

Run it in this folder with a Python that has torch: `python networks.py`.

Every network stands here as in `tests/networks.rs`, images last channel last, weights under the same names and in the
same layout. A file holds `parameter/..` and `state/..` (before the step), `input/..`, `target/..`, `logits/..` (of the
training pass), `loss`, `gradient/..`, `state_after/..` and `prediction/..` (inference with the state after the step).
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)


def pair(x):
    return (x, x) if isinstance(x, int) else tuple(x)


def sides(padding, size, kernel, stride, dilation):
    """`[[top, bottom], [left, right]]` as TensorFlow counts `same`."""
    if padding == "same":
        result = []
        for axis in range(2):
            positions = -(-size[axis] // stride[axis])
            span = (kernel[axis] - 1) * dilation[axis] + 1
            total = max((positions - 1) * stride[axis] + span - size[axis], 0)
            result.append((total // 2, total - total // 2))
        return result
    if isinstance(padding, int):
        return [(padding, padding)] * 2
    return [tuple(p) for p in padding]


def padded(x, pads, value=0.0):
    (top, bottom), (left, right) = pads
    return F.pad(x, (left, right, top, bottom), value=value)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


class Net:
    """Parameters by name, made when first used."""

    def __init__(self):
        self.parameters, self.state, self.training = {}, {}, True

    def get(self, name, shape, around=0.0, spread=None):
        if name not in self.parameters:
            fan = 1
            for axis in shape[:-1]:
                fan *= axis
            spread = (1.5 / fan) ** 0.5 if spread is None else spread
            # As many digits as `f32` holds, so that both sides begin with the same numbers.
            value = (around + spread * torch.randn(*shape)).float().double()
            self.parameters[name] = value.requires_grad_()
        return self.parameters[name]

    def dense(self, name, x, units, bias=True):
        y = x @ self.get(f"{name}.weight", [x.shape[-1], units])
        return y + self.get(f"{name}.bias", [units], spread=0.3) if bias else y

    def conv(self, name, x, filters, kernel, stride=1, padding=0, dilation=1, groups=1, bias=True):
        kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
        w = self.get(f"{name}.weight", [*kernel, x.shape[3] // groups, filters])
        b = self.get(f"{name}.bias", [filters], spread=0.3) if bias else None
        pads = sides(padding, x.shape[1:3], kernel, stride, dilation)
        x = padded(nchw(x), pads)
        return nhwc(F.conv2d(x, w.permute(3, 2, 0, 1), b, stride=stride, dilation=dilation, groups=groups))

    def scale_shift(self, name, channels):
        return (
            self.get(f"{name}.scale", [channels], around=1.0, spread=0.3),
            self.get(f"{name}.shift", [channels], spread=0.3),
        )

    def batch_norm(self, name, x, momentum=0.99, epsilon=1e-3):
        channels = x.shape[-1]
        scale, shift = self.scale_shift(name, channels)
        keys = f"{name}.running_mean", f"{name}.running_variance"
        if keys[0] not in self.state:
            self.state[keys[0]] = (0.2 * torch.randn(channels)).float().double()
            self.state[keys[1]] = (0.5 + torch.rand(channels)).float().double()
        mean, variance = self.state[keys[0]], self.state[keys[1]]
        if self.training:
            moved = mean.clone(), variance.clone()
            # What PyTorch calls momentum is how much of the batch comes in, not how much stays.
            y = F.batch_norm(x.reshape(-1, channels), *moved, scale, shift, True, 1 - momentum, epsilon).reshape(x.shape)
            self.state[keys[0]], self.state[keys[1]] = moved
            return y
        return (x - mean) / torch.sqrt(variance + epsilon) * scale + shift

    def layer_norm(self, name, x, epsilon=1e-3):
        scale, shift = self.scale_shift(name, x.shape[-1])
        return F.layer_norm(x, x.shape[-1:], scale, shift, epsilon)



def max_pool(x, kernel, stride=None, padding=0):
    kernel, stride = pair(kernel), pair(stride or kernel)
    pads = sides(padding, x.shape[1:3], kernel, stride, (1, 1))
    return nhwc(F.max_pool2d(padded(nchw(x), pads, float("-inf")), kernel, stride))


def avg_pool(x, kernel, stride=None, padding=0):
    """Padding doesn't count."""
    kernel, stride = pair(kernel), pair(stride or kernel)
    pads = sides(padding, x.shape[1:3], kernel, stride, (1, 1))
    total = F.avg_pool2d(padded(nchw(x), pads), kernel, stride)
    share = F.avg_pool2d(padded(torch.ones_like(nchw(x)), pads), kernel, stride)
    return nhwc(total / share)


# The networks


def chain(n, x):
    x = max_pool(F.relu(n.conv("conv2d1", x, 5, 3)), 2)
    x = F.relu(n.conv("conv2d2", x, 20, 2)).flatten(1)
    return n.dense("dense2", torch.tanh(n.dense("dense1", x, 18)), 4)


def residual(n, x):
    def conv_norm(name, index, x, filters, kernel=3, stride=1):
        y = n.conv(f"{name}conv2d{index}", x, filters, kernel, stride, "same" if kernel == 3 else 0, bias=False)
        return n.batch_norm(f"{name}batch_norm{index}", y, momentum=0.9)

    def basic(name, x):
        y = F.relu(conv_norm(name, 1, x, x.shape[3]))
        return F.relu(x + conv_norm(name, 2, y, x.shape[3]))

    def down(name, x):
        c = 2 * x.shape[3]
        y = conv_norm(name, 2, F.relu(conv_norm(name, 1, x, c, stride=2)), c)
        return F.relu(y + conv_norm(name, 3, x, c, 1, 2))

    x = n.conv("stem", x, 4, 3, padding="same", bias=False)
    x = F.relu(n.batch_norm("batch_norm1", x))
    x = basic("basic3.", down("down1.", basic("basic2.", basic("basic1.", x))))
    return n.dense("dense1", x.mean((1, 2)), 5)


def windows(n, x):
    x = F.leaky_relu(n.conv("conv2d1", x, 8, 3, stride=2, padding="same"), 0.1)
    x = F.relu(n.conv("conv2d2", x, 12, (3, 2), dilation=(2, 1), groups=2, padding="same"))
    x = n.conv("conv2d3", x, 24, 3, padding=[[1, 0], [2, 1]], groups=12)
    x = max_pool(x, 3, 2, 1)
    x = F.elu(n.conv("conv2d4", x, 9, 3, padding=1, dilation=1, groups=3, bias=False))
    x = avg_pool(x, (2, 3), 1, "same")
    return n.dense("dense1", x.amax((1, 2)), 3)


def branches(n, x):
    a = F.relu(n.conv("conv2d1", x, 6, 1))
    b = n.conv("conv2d2", x, 6, 3, padding="same")
    gate = torch.sigmoid(n.dense("dense1", a.mean((1, 2)), 6)).reshape(-1, 1, 1, 6)
    row = n.dense("dense2", x.amax((1, 2)), 7).reshape(-1, 1, 7, 1)
    mixed = (a * gate - b) * row + 0.5 * a
    top = torch.cat([mixed, 1.0 - x], -1)
    tall = torch.cat([top, top * top], 1)
    return n.dense("dense3", tall.mean((1, 2)), 3)


def two(n, a, image):
    picture = F.relu(n.conv("conv2d1", image, 5, 3)).flatten(1)
    h = torch.tanh(n.dense("dense1", a, 12))
    joined = torch.cat([h, picture], -1)
    score = n.dense("dense2", joined, 2)
    together = torch.cat([score, h * h], -1)
    label = n.dense("dense3", together, 3)
    return score, label


def twins(n, a, b):
    def embed(x):
        return n.dense("embed.dense2", F.relu(n.dense("embed.dense1", x, 9)), 9)

    d = embed(a) - embed(b)
    norm = n.layer_norm("norm", d)
    y = torch.tanh(n.dense("last", norm, 9))
    return n.layer_norm("norm", torch.tanh(n.dense("last", y, 9)) + a[:, :9])


def shared_norm(n, x):
    def turn(x):
        return F.relu(n.batch_norm("turn.batch_norm1", n.conv("turn.conv2d1", x, 3, 3, padding="same", bias=False), 0.8))

    y = turn(x)
    return n.dense("dense1", (turn(y) + y + x).mean((1, 2)), 2)


def shapes(n, x):
    x = F.relu(n.conv("conv2d1", x, 4, 3))
    x = F.pad(x, (0, 0, 2, 1, 1, 0))
    x = nhwc(F.interpolate(nchw(x), scale_factor=2, mode="nearest"))
    x = n.conv("conv2d2", x, 6, 2, stride=2)
    x = nhwc(F.interpolate(nchw(x), scale_factor=(2, 3), mode="bilinear", align_corners=False))
    x = avg_pool(x, 3, 2, 1)
    x = torch.sigmoid(n.conv("conv2d3", x, 2, 1))
    x = x.permute(0, 3, 1, 2)
    x = x.reshape(x.shape[0], 2, -1)
    return n.dense("dense1", x, 3)


def table(n, x):
    x = F.leaky_relu(n.batch_norm("batch_norm1", n.dense("dense1", x, 33, bias=False), 0.5, 1e-5), 0.2)
    x = F.gelu(n.batch_norm("batch_norm2", n.dense("dense2", x, 17, bias=False)))
    return n.dense("dense3", n.batch_norm("batch_norm3", x), 3)


def sparse(logits, target):
    return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), target.reshape(-1))


def soft(logits, target):
    return F.cross_entropy(logits, target)


def softmax(x):
    return torch.softmax(x, -1)


def log_softmax(x):
    return torch.log_softmax(x, -1)


def plain(x):
    return x


def classes(count):
    return lambda shape: torch.randint(count, shape[:-1])


def values(shape):
    return torch.randn(shape)


def zero_one(shape):
    return torch.randint(2, shape).double()


def shares(shape):
    return torch.softmax(2 * torch.randn(shape), -1)


BCE, MSE = F.binary_cross_entropy_with_logits, F.mse_loss
# name: network, shapes of inputs, examples, [(targets, loss, link)]
NETWORKS = {
    "chain": (chain, [[9, 8, 3]], 19, [(classes(4), sparse, softmax)]),
    "residual": (residual, [[9, 7, 3]], 11, [(classes(5), sparse, softmax)]),
    "windows": (windows, [[13, 10, 4]], 9, [(shares, soft, log_softmax)]),
    "branches": (branches, [[6, 7, 4]], 10, [(classes(3), sparse, softmax)]),
    "two": (two, [[10], [5, 6, 2]], 17, [(values, MSE, plain), (classes(3), sparse, softmax)]),
    "twins": (twins, [[9], [9]], 12, [(values, nn.HuberLoss(delta=0.8), plain)]),
    "shared_norm": (shared_norm, [[5, 6, 3]], 13, [(values, MSE, plain)]),
    "shapes": (shapes, [[6, 5, 2]], 8, [(zero_one, BCE, torch.sigmoid)]),
    "table": (table, [[20]], 70, [(values, nn.L1Loss(), plain)]),
}


def save_file(arrays, path, notes=None):
    """As safetensors: the length of the header, the header with the notes, the numbers."""
    header, first = {"__metadata__": notes} if notes else {}, 0
    for key, array in arrays.items():
        kind = {"float32": "F32", "uint32": "U32"}[str(array.dtype)]
        header[key] = {"dtype": kind, "shape": array.shape, "data_offsets": [first, first + array.nbytes]}
        first += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in arrays.values():
            file.write(array.tobytes())


def make(name):
    function, shapes, examples, outputs = NETWORKS[name]
    # Its own seed, so that no other network changes it.
    torch.manual_seed(int.from_bytes(name.encode()) % 2**32)
    net, data = Net(), {}
    inputs = [torch.randn(examples, *shape).float().double() for shape in shapes]

    def run():
        logits = function(net, *inputs)
        return logits if isinstance(logits, tuple) else (logits,)

    with torch.no_grad():
        first = run()  # makes the parameters; also moves the running statistics, which is as good a state as any
    net.state = {key: value.float().double() for key, value in net.state.items()}
    for key, value in net.state.items():
        data[f"state/{key}"] = value
    logits = run()
    targets = [make_target(list(l.shape)) for (make_target, _, _), l in zip(outputs, first)]
    targets = [t.float().double() if t.is_floating_point() else t for t in targets]
    loss = sum(of(l, t) for (_, of, _), l, t in zip(outputs, logits, targets))
    loss.backward()
    net.training = False
    with torch.no_grad():
        predictions = [link(l) for (_, _, link), l in zip(outputs, run())]
    data["loss"] = loss.reshape(1)
    for kind, arrays in [("input", inputs), ("target", targets), ("logits", logits), ("prediction", predictions)]:
        for index, array in enumerate(arrays):
            data[f"{kind}/{index}"] = array
    for key, value in net.parameters.items():
        data[f"parameter/{key}"], data[f"gradient/{key}"] = value, value.grad
    for key, value in net.state.items():
        data[f"state_after/{key}"] = value
    to_numpy = lambda x: x.detach().contiguous().numpy().astype("float32" if x.is_floating_point() else "uint32")
    save_file({key: to_numpy(value) for key, value in data.items()}, f"{name}.safetensors")
    print(f"{name}: loss {loss.item():.6f}, {sum(p.numel() for p in net.parameters.values())} parameters")


if __name__ == "__main__":
    for name in NETWORKS:
        make(name)
