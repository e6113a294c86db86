"""The networks of the benchmark in PyTorch: what `benches/src/models.rs` has, as someone who knows PyTorch writes it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


class CifarCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 32, 3), nn.Conv2d(32, 64, 3)
        self.dense1, self.dense2 = nn.Linear(2304, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.dropout(F.max_pool2d(F.relu(self.conv1(x)), 2), 0.25, self.training)
        x = F.dropout(F.max_pool2d(F.relu(self.conv2(x)), 2), 0.25, self.training)
        x = F.dropout(F.relu(self.dense1(x.flatten(1))), 0.5, self.training)
        return self.dense2(x)


class Residual(nn.Module):
    def __init__(self, inputs, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.skip = nn.Sequential()
        if stride != 1:
            self.skip = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        y = F.relu(self.norm1(self.conv1(x)))
        return F.relu(self.norm2(self.conv2(y)) + self.skip(x))


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    layers += [Residual(16, 16, 1) for _ in range(3)]
    layers += [Residual(16, 32, 2), Residual(32, 32, 1), Residual(32, 32, 1)]
    layers += [Residual(32, 64, 2), Residual(64, 64, 1), Residual(64, 64, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def tiny():
    return nn.Sequential(nn.Linear(16, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 4))


def wide():
    layers = []
    for inputs in [1024, 2048, 2048, 2048]:
        layers += [nn.Linear(inputs, 2048), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(2048, 10))


def convolution(inputs, filters, kernel, stride=1, groups=1, activation=None):
    """Convolution and norm, perhaps with an activation."""
    layers = [
        nn.Conv2d(inputs, filters, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(filters),
    ]
    return nn.Sequential(*layers, *([activation] if activation else []))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.body = nn.Sequential(
            convolution(inputs, width, 1, activation=nn.ReLU(inplace=True)),
            convolution(width, width, 3, stride, activation=nn.ReLU(inplace=True)),
            convolution(width, 4 * width, 1),
        )
        same = stride == 1 and inputs == 4 * width
        self.skip = nn.Identity() if same else convolution(inputs, 4 * width, 1, stride)

    def forward(self, x):
        return F.relu(self.body(x) + self.skip(x), inplace=True)


def resnet50():
    layers, channels = [convolution(3, 64, 7, 2, activation=nn.ReLU(inplace=True)), nn.MaxPool2d(3, 2, 1)], 64
    for width, count, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for index in range(count):
            layers.append(Bottleneck(channels, width, stride if index == 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


class Inverted(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        middle = 6 * inputs
        self.body = nn.Sequential(
            convolution(inputs, middle, 1, activation=nn.ReLU6(inplace=True)),
            convolution(middle, middle, 3, stride, middle, nn.ReLU6(inplace=True)),
            convolution(middle, filters, 1),
        )
        self.same = stride == 1 and inputs == filters

    def forward(self, x):
        return x + self.body(x) if self.same else self.body(x)


def mobilenet_v2():
    layers = [
        convolution(3, 32, 3, 2, activation=nn.ReLU6(inplace=True)),
        convolution(32, 32, 3, 1, 32, nn.ReLU6(inplace=True)),
        convolution(32, 16, 1),
    ]
    channels = 16
    for filters, count, stride in [(24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)]:
        for index in range(count):
            layers.append(Inverted(channels, filters, stride if index == 0 else 1))
            channels = filters
    layers.append(convolution(320, 1280, 1, activation=nn.ReLU6(inplace=True)))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000))


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        double = lambda inputs, filters: nn.Sequential(
            convolution(inputs, filters, 3, activation=nn.ReLU(inplace=True)),
            convolution(filters, filters, 3, activation=nn.ReLU(inplace=True)),
        )
        self.down = nn.ModuleList([double(3, 16), double(16, 32), double(32, 64), double(64, 128)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(2 * n, n, 2, 2) for n in [64, 32, 16]])
        self.joined = nn.ModuleList([double(2 * n, n) for n in [64, 32, 16]])
        self.last = nn.Conv2d(16, 4, 1)

    def forward(self, x):
        skips = []
        for level, double in enumerate(self.down):
            x = double(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        skips.pop()
        for up, double in zip(self.up, self.joined):
            x = double(torch.cat([up(x), skips.pop()], 1))
        return self.last(x)


def vgg16():
    layers, channels = [], 3
    for filters, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    layers.append(nn.Flatten())
    for inputs in [512 * 7 * 7, 4096]:
        layers += [nn.Linear(inputs, 4096), nn.ReLU(inplace=True), nn.Dropout(0.5)]
    return nn.Sequential(*layers, nn.Linear(4096, 1000))


def table():
    layers = []
    for inputs, units in [(64, 256), (256, 256), (256, 128)]:
        layers += [nn.Linear(inputs, units, bias=False), nn.BatchNorm1d(units), nn.ReLU(inplace=True), nn.Dropout(0.2)]
    return nn.Sequential(*layers, nn.Linear(128, 2))


def autoencoder():
    layers = []
    for inputs, filters in [(3, 32), (32, 64), (64, 128)]:
        layers += [nn.Conv2d(inputs, filters, 4, 2, 1), nn.ReLU(inplace=True)]
    layers += [nn.Flatten(), nn.Linear(8 * 8 * 128, 128), nn.Linear(128, 8 * 8 * 128), nn.ReLU(inplace=True)]
    layers.append(nn.Unflatten(1, (128, 8, 8)))
    for inputs, filters in [(128, 64), (64, 32)]:
        layers += [nn.ConvTranspose2d(inputs, filters, 4, 2, 1), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers, nn.ConvTranspose2d(32, 3, 4, 2, 1))


class PositionNorm(nn.LayerNorm):
    """A `LayerNorm` over the channels of each position."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Mixer(nn.Module):
    """A block of ConvNeXt in torchvision's form: the dense layers see channels last."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=1e-6)
        self.up, self.down = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        return x + self.down(F.gelu(self.up(y))).permute(0, 3, 1, 2)


def convnext():
    layers = [nn.Conv2d(3, 40, 4, 4), PositionNorm(40, eps=1e-6)]
    for channels, count in [(40, 2), (80, 2), (160, 6), (320, 2)]:
        if channels > 40:
            layers += [PositionNorm(channels // 2, eps=1e-6), nn.Conv2d(channels // 2, channels, 2, 2)]
        layers += [Mixer(channels) for _ in range(count)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.LayerNorm(320, eps=1e-6), nn.Linear(320, 10))


def classes(count, *pixels):
    """A class for each example, or for each of its pixels."""

    def lesson(batch):
        targets = torch.arange(batch * math.prod(pixels)) * 7 % count
        return F.cross_entropy, targets.view(batch, *pixels)

    return lesson


def numbers(*shape):
    """Numbers to come near to."""
    return lambda batch: (F.mse_loss, torch.full((batch, *shape), 0.25))


@dataclass
class Work:
    make: Callable[[], nn.Module]
    shape: tuple[int, ...]
    """Of one example."""
    batch: int
    """The usual one."""
    lesson: Callable[[int], tuple]
    """The loss and the targets of a batch."""
    least_batch: int = 1
    """The fewest examples that it can be trained on."""

    def batch_of(self, wanted):
        """The batch for a wish, or for none."""
        return max(wanted or self.batch, self.least_batch)


WORKS = {
    "cifar_cnn": Work(CifarCnn, (3, 32, 32), 128, classes(10)),
    "mlp": Work(mlp, (784,), 128, classes(10)),
    "resnet20": Work(resnet20, (3, 32, 32), 64, classes(10)),
    "tiny": Work(tiny, (16,), 1, numbers(4)),
    "table": Work(table, (64,), 128, classes(2), least_batch=2),
    "autoencoder": Work(autoencoder, (3, 64, 64), 32, numbers(3, 64, 64)),
    "convnext": Work(convnext, (3, 64, 64), 32, classes(10)),
    "wide": Work(wide, (1024,), 128, classes(10)),
    "unet": Work(UNet, (3, 128, 128), 16, classes(4, 128, 128)),
    "mobilenet_v2": Work(mobilenet_v2, (3, 224, 224), 16, classes(1000)),
    "resnet50": Work(resnet50, (3, 224, 224), 16, classes(1000)),
    "vgg16": Work(vgg16, (3, 224, 224), 4, classes(1000)),
}
