"""The workloads of the benchmark in PyTorch, in turn with Shapeflow's, and the ratios of the medians.

    cargo build --release -p shapeflow-bench
    python benches/pytorch.py --threads 2 [--work cifar_cnn ...] [--batch N] [--rounds 3] [--modes eager channels_last compiled]

Each mode of PyTorch and Shapeflow take their measurements by turns, so that other load on the machine meets all of them.
`torch.compile` needs a C++ compiler. Prints a table, and with `--json FILE` writes all figures.

    python benches/pytorch.py --threads 2 --memory [--work cifar_cnn ...]

prints instead by how many MiB training raises each process above its idle peak, each mode in a process of its own (Linux).
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "shapeflow-bench"


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


# name: network, shape of one example, batch
WORKS = {
    "cifar_cnn": (CifarCnn, (3, 32, 32), 128),
    "mlp": (mlp, (784,), 128),
    "resnet20": (resnet20, (3, 32, 32), 64),
    "tiny": (tiny, (16,), 1),
    "wide": (wide, (1024,), 128),
    "unet": (UNet, (3, 128, 128), 16),
    "mobilenet_v2": (mobilenet_v2, (3, 224, 224), 16),
    "resnet50": (resnet50, (3, 224, 224), 16),
}


class Peer:
    """One workload in one mode, ready to be timed."""

    def __init__(self, work, mode, batch=None):
        make, shape, usual = WORKS[work]
        batch = batch or usual
        torch.manual_seed(0)
        self.network = make()
        self.batch, self.one = torch.rand(batch, *shape) * 2 - 1, torch.rand(1, *shape)
        pictures = len(shape) == 3
        if mode == "channels_last" and pictures:
            self.network = self.network.to(memory_format=torch.channels_last)
            self.batch = self.batch.to(memory_format=torch.channels_last)
            self.one = self.one.to(memory_format=torch.channels_last)
        self.forward = torch.compile(self.network) if mode == "compiled" else self.network
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        if work == "tiny":
            targets = torch.full((batch, 4), 0.25)
            self.loss = lambda y: F.mse_loss(y, targets)
        else:
            targets = torch.arange(batch) * 7 % 10
            if work == "unet":
                targets = (torch.arange(batch * 128 * 128) * 7 % 4).view(batch, 128, 128)
            self.loss = lambda y: F.cross_entropy(y, targets)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.forward(self.batch)).backward()
        self.optimizer.step()

    def predict_batch(self):
        self.forward(self.batch)

    def predict_one(self):
        self.forward(self.one)

    def time(self, seconds):
        """Lists of seconds: of a step, of predicting the batch, of predicting one."""
        self.network.train()
        result = {"train_ms": [1e3 * t for t in samples(self.step, seconds)]}
        self.network.eval()
        with torch.inference_mode():
            result["infer_batch_ms"] = [1e3 * t for t in samples(self.predict_batch, seconds)]
            result["infer1_us"] = [1e6 * t for t in samples(self.predict_one, seconds)]
        return result


def samples(body, seconds):
    body()
    body()
    start = time.perf_counter()
    body()
    count = max(5, min(20000, int(seconds / (time.perf_counter() - start))))
    times = []
    for _ in range(count):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return times


def ours(work, threads, seconds, batch):
    command = [str(BINARY), "--work", work, "--threads", str(threads), "--seconds", str(seconds)]
    command += ["--batch", str(batch)] if batch else []
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_kib():
    """The most memory that this process has had."""
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


def raised_by_training(work, mode, threads):
    """In a process of its own: the increase of the peak by twenty steps, in MiB."""
    torch.set_num_threads(threads)
    # What the first use of each library costs is not the network's.
    F.conv2d(torch.zeros(1, 3, 8, 8), torch.zeros(3, 3, 3, 3))
    idle = peak_kib()
    peer = Peer(work, mode)
    peer.network.train()
    for _ in range(20):
        peer.step()
    print((peak_kib() - idle) / 1024)


def compare_memory(works, modes, threads):
    print(f"| work | shapeflow | {' | '.join(modes)} | least of PyTorch over ours |")
    print("|---|" + "---:|" * (len(modes) + 2))
    for work in works:
        command = [str(BINARY), "--work", work, "--threads", str(threads), "--memory", "--steps", "20"]
        mine = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["train_mib"]
        theirs = []
        for mode in modes:
            command = [sys.executable, __file__, "--threads", str(threads), "--memory-of", work, mode]
            theirs.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        row = " | ".join(f"{value:.1f}" for value in theirs)
        print(f"| {work} | {mine:.1f} | {row} | {min(theirs) / mine:.1f} |", flush=True)


FIGURES = ["train_ms", "infer_batch_ms", "infer1_us"]


def compare(work, modes, threads, rounds, seconds, batch):
    """Medians over all rounds, by peer."""
    peers = {mode: Peer(work, mode, batch) for mode in modes}
    for peer in peers.values():
        peer.time(0.01)
    times = {mode: {figure: [] for figure in FIGURES} for mode in modes}
    lines = []
    for _ in range(rounds):
        lines.append(ours(work, threads, seconds, batch))
        for mode, peer in peers.items():
            for figure, values in peer.time(seconds).items():
                times[mode][figure].append((statistics.median(values), min(values)))
    middle = lambda pairs: [statistics.median(p[0] for p in pairs), min(p[1] for p in pairs)]
    result = {mode: {figure: middle(pairs) for figure, pairs in figures.items()} for mode, figures in times.items()}
    result["shapeflow"] = {figure: middle([line[figure] for line in lines]) for figure in FIGURES}
    for figure in ["gflops", "peak_gflops", "peak_share"]:
        result["shapeflow"][figure] = statistics.median(line[figure] for line in lines)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", nargs="*", default=list(WORKS), choices=list(WORKS))
    parser.add_argument("--modes", nargs="*", default=["eager", "channels_last", "compiled"])
    parser.add_argument("--batch", type=int, help="examples in a batch, in place of the workload's own number")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        return raised_by_training(*arguments.memory_of, arguments.threads)
    if arguments.memory:
        return compare_memory(arguments.work, arguments.modes, arguments.threads)
    torch.set_num_threads(arguments.threads)
    print(f"PyTorch {torch.__version__}, {arguments.threads} threads, median [least]; ratio: the best mode's median over ours")
    print(f"| {'work':<12} | {'figure':<14} | {'shapeflow':<17} | {'PyTorch, best':<33} | ratio | of least | of peak |")
    print("|---|---|---|---|---|---|---|")
    everything = {}
    for work in arguments.work:
        result = everything[work] = compare(
            work, arguments.modes, arguments.threads, arguments.rounds, arguments.seconds, arguments.batch
        )
        mine = result["shapeflow"]
        for figure in FIGURES:
            mode = min(arguments.modes, key=lambda mode: result[mode][figure][0])
            (theirs, least), (median, own) = result[mode][figure], mine[figure]
            share = f"{mine['peak_share']:.0%}" if figure == "train_ms" else ""
            print(
                f"| {work:<12} | {figure:<14} | {median:>7.4g} [{own:.4g}]".ljust(50)
                + f"| {theirs:>7.4g} [{least:.4g}] {mode}".ljust(36)
                + f"| {theirs / median:.2f} | {least / own:.2f} | {share} |",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
