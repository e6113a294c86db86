"""Where the time of training goes, by groups of functions, and what bounds it: a table for the networks of the benchmark (Linux, `perf`).

    RUSTFLAGS=-Csymbol-mangling-version=v0 cargo build --release -p shapeflow-bench
    python benches/shares.py [--work cifar_cnn ...] [--batch 4] [--seconds 5] [--bandwidth 11]

Each network trains on one thread. `products` is what its multiply-adds take at the machine's peak, `weights` what it takes to move weights,
gradients and the optimizer's moments at `--bandwidth` GB/s: 44 bytes a parameter, read forward and backward, its gradient written and read, and
seven numbers of the update.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "shapeflow-bench"

# The first that fits a function's name, mangled as it may be.
GROUPS = {
    "Winograd's transforms": r"Scatter|Gather|Collect|winograd",
    "depthwise": r"depthwise",
    "products": r"tile_|4tile|dense.*stream",
    "`BatchNorm`": r"batch_norm",
    "other norms": r"layer_norm|group_norm|rms_norm",
    "activations, sums, pools": r"activation|elementwise|pool|dropout|softmax|concat|losses|math",
    "update and lanes": r"optimizers|6update|engine.*gather|squared_norm|10for_each_part|tensor_parts",
    "packing and copies": r"pack|mem(cpy|move|set)|conv2d|conv_transpose2d|dense|bias|copy",
}
REST = "the rest"


def group(symbol, shared_object):
    if "kernel" in shared_object:
        return REST
    for name, pattern in GROUPS.items():
        if re.search(pattern, symbol):
            return name
    return REST


def shares(command):
    """What the command prints, the share of each group, and the largest functions of the rest."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(pathlib.Path(folder) / "perf.data")
        record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "997", "-o", data, *command]
        printed = subprocess.run(record, check=True, capture_output=True, text=True).stdout
        report = ["perf", "report", "-i", data, "--stdio", "--no-demangle", "--no-children", "-q"]
        report += ["-F", "overhead,dso,symbol", "-t", ";", "-w", "0,0,0"]
        lines = subprocess.run(report, check=True, capture_output=True, text=True).stdout.splitlines()
    found, rest = dict.fromkeys([*GROUPS, REST], 0.0), []
    for line in filter(None, lines):
        share, shared_object, symbol = (part.strip() for part in line.split(";", 2))
        # The measurement of the peak is no part of the work.
        if "Chains" in symbol or "peak" in symbol:
            continue
        name = group(symbol, shared_object)
        found[name] += float(share.rstrip("%"))
        if name == REST:
            rest.append((float(share.rstrip("%")), symbol))
    total = sum(found.values())
    return printed, {name: value / total for name, value in found.items()}, sorted(rest, reverse=True)[:5]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", nargs="*", default=["set"])
    parser.add_argument("--batch", type=int)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--bandwidth", type=float, default=11, help="GB/s of one core")
    parser.add_argument("--rest", action="store_true", help="also prints the largest functions of the rest")
    arguments = parser.parse_args()
    works = arguments.work
    if works == ["set"]:
        from pytorch_networks import WORKS

        works = list(WORKS)
    print(f"| work | step | products | weights | bound | {' | '.join([*GROUPS, REST])} |")
    print("|---|" + "---:|" * 3 + "---|" + "---:|" * (len(GROUPS) + 1))
    for work in works:
        command = [str(BINARY), "--work", work, "--threads", "1", "--train-only", "--seconds", str(arguments.seconds)]
        command += ["--batch", str(arguments.batch)] if arguments.batch else []
        printed, found, rest = shares(command)
        line = json.loads(printed)
        step = line["train_ms"][0]
        products = step * line["peak_share"]
        weights = 1e3 * 44 * line["parameters"] / (arguments.bandwidth * 1e9)
        bound = "multiply-adds" if found["products"] + found["Winograd's transforms"] > 0.5 else "passes over memory"
        if weights > products:
            bound = "bytes of weights"
        row = " | ".join(f"{share:.0%}" for share in found.values())
        print(f"| `{work}`, {line['batch']} | {step:.4g} ms | {products:.3g} | {weights:.3g} | {bound} | {row} |", flush=True)
        if arguments.rest:
            for share, symbol in rest:
                print(f"    {share:.1f}% {symbol}")


if __name__ == "__main__":
    main()
