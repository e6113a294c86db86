"""The workloads of the benchmark in PyTorch, in turn with Shapeflow's, and the ratios of the medians.

    cargo build --release -p shapeflow-bench
    python benches/pytorch.py --threads 2 [--work cifar_cnn ...] [--batch 1 4 16] [--rounds 3] [--modes eager channels_last compiled]

Each mode of PyTorch and Shapeflow take their measurements by turns, so that other load on the machine meets all of them.
`torch.compile` needs a C++ compiler. Prints a table, the geometric means of the ratios for each batch (without `--batch` each
workload has its own), and with `--json FILE` writes all figures.

    python benches/pytorch.py --threads 2 --memory [--work cifar_cnn ...] [--batch 4]

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

from pytorch_networks import WORKS

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "shapeflow-bench"


class Peer:
    """One workload in one mode, ready to be timed."""

    def __init__(self, work, mode, batch=None):
        batch = work.batch_of(batch)
        torch.manual_seed(0)
        self.network = work.make()
        self.batch, self.one = torch.rand(batch, *work.shape) * 2 - 1, torch.rand(1, *work.shape)
        if mode == "channels_last" and len(work.shape) == 3:
            self.network = self.network.to(memory_format=torch.channels_last)
            self.batch = self.batch.to(memory_format=torch.channels_last)
            self.one = self.one.to(memory_format=torch.channels_last)
        self.forward = torch.compile(self.network) if mode == "compiled" else self.network
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-3)
        loss, targets = work.lesson(batch)
        self.loss = lambda y: loss(y, targets)

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
    command += ["--batch", str(WORKS[work].batch_of(batch))]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def peak_kib():
    """The most memory that this process has had."""
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))


def raised_by_training(work, mode, threads, batch):
    """In a process of its own: the increase of the peak by twenty steps, in MiB."""
    torch.set_num_threads(threads)
    # What the first use of each library costs is not the network's.
    F.conv2d(torch.zeros(1, 3, 8, 8), torch.zeros(3, 3, 3, 3))
    idle = peak_kib()
    peer = Peer(WORKS[work], mode, batch)
    peer.network.train()
    for _ in range(20):
        peer.step()
    print((peak_kib() - idle) / 1024)


def compare_memory(works, modes, threads, batches):
    print(f"| work | shapeflow | {' | '.join(modes)} | least of PyTorch over ours |")
    print("|---|" + "---:|" * (len(modes) + 2))
    for work, batch in [(work, batch) for work in works for batch in batches]:
        size = ["--threads", str(threads), "--batch", str(WORKS[work].batch_of(batch))]
        command = [str(BINARY), "--work", work, "--memory", "--steps", "20", *size]
        mine = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["train_mib"]
        theirs = []
        for mode in modes:
            command = [sys.executable, __file__, "--memory-of", work, mode, *size]
            theirs.append(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        row = " | ".join(f"{value:.1f}" for value in theirs)
        print(f"| {named(work, batch)} | {mine:.1f} | {row} | {min(theirs) / mine:.1f} |", flush=True)


def named(work, batch):
    """A work with its batch."""
    return f"{work}, {WORKS[work].batch_of(batch)}"


FIGURES = ["train_ms", "infer_batch_ms", "infer1_us"]


def compare(work, modes, threads, rounds, seconds, batch):
    """Medians over all rounds, by peer."""
    peers = {mode: Peer(WORKS[work], mode, batch) for mode in modes}
    for peer in peers.values():
        peer.time(0.01)
    times = {mode: {figure: [] for figure in FIGURES} for mode in modes}
    lines = []
    count = sum(parameter.numel() for parameter in next(iter(peers.values())).network.parameters())
    for _ in range(rounds):
        lines.append(ours(work, threads, seconds, batch))
        if lines[-1]["parameters"] != count:
            sys.exit(f"{work} has {lines[-1]['parameters']} parameters here and {count} in PyTorch: not the same network")
        for mode, peer in peers.items():
            for figure, values in peer.time(seconds).items():
                times[mode][figure].append((statistics.median(values), min(values)))
    middle = lambda pairs: [statistics.median(p[0] for p in pairs), min(p[1] for p in pairs)]
    result = {mode: {figure: middle(pairs) for figure, pairs in figures.items()} for mode, figures in times.items()}
    result["shapeflow"] = {figure: middle([line[figure] for line in lines]) for figure in FIGURES}
    for figure in ["gflops", "peak_gflops", "peak_share"]:
        result["shapeflow"][figure] = statistics.median(line[figure] for line in lines)
    return result


def table_row(name, result, modes):
    """Prints the figures of one work; returns the ratios of medians: the best mode's over ours."""
    mine, ratios = result["shapeflow"], {}
    for figure in FIGURES:
        mode = min(modes, key=lambda mode: result[mode][figure][0])
        (theirs, least), (median, own) = result[mode][figure], mine[figure]
        ratios[figure] = theirs / median
        share = f"{mine['peak_share']:.0%}" if figure == "train_ms" else ""
        print(
            f"| {name:<17} | {figure:<14} | {median:>7.4g} [{own:.4g}]".ljust(55)
            + f"| {theirs:>7.4g} [{least:.4g}] {mode}".ljust(36)
            + f"| {theirs / median:.2f} | {least / own:.2f} | {share} |",
            flush=True,
        )
    return ratios


def print_means(ratios):
    """The geometric means of each figure's ratios, by batch."""
    print(f"\n| geometric mean | {' | '.join(FIGURES)} | least |")
    print("|---|" + "---:|" * (len(FIGURES) + 1))
    for batch, of_works in ratios.items():
        means = [statistics.geometric_mean(ratio[figure] for ratio in of_works.values()) for figure in FIGURES]
        least, figure, work = min((ratio[f], f, work) for work, ratio in of_works.items() for f in FIGURES)
        row = " | ".join(f"{mean:.2f}" for mean in means)
        print(f"| {len(of_works)} works, batch {batch or 'as usual'} | {row} | {least:.2f} ({work}, {figure}) |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", nargs="*", default=list(WORKS), choices=list(WORKS))
    parser.add_argument("--modes", nargs="*", default=["eager", "channels_last", "compiled"])
    parser.add_argument("--batch", nargs="*", type=int, help="examples in a batch, in place of each workload's own number")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--memory-of", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    threads, modes, batches = arguments.threads, arguments.modes, arguments.batch or [None]
    if arguments.memory_of:
        return raised_by_training(*arguments.memory_of, threads, *batches)
    if arguments.memory:
        return compare_memory(arguments.work, modes, threads, batches)
    torch.set_num_threads(threads)
    print(f"PyTorch {torch.__version__}, {threads} threads, median [least]; ratio: the best mode's median over ours")
    print(f"| {'work':<17} | {'figure':<14} | {'shapeflow':<17} | {'PyTorch, best':<33} | ratio | of least | of peak |")
    print("|---|---|---|---|---|---|---|")
    everything, ratios = {}, {}
    for batch in batches:
        for work in arguments.work:
            result = compare(work, modes, threads, arguments.rounds, arguments.seconds, batch)
            name = named(work, batch)
            everything[name] = result
            ratios.setdefault(batch, {})[work] = table_row(name, result, modes)
    if len(arguments.work) > 1:
        print_means(ratios)
    if arguments.json:
        arguments.json.write_text(json.dumps(everything, indent=1))


if __name__ == "__main__":
    main()
