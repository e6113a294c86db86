"""Pictures a second that are read, resized and augmented, by Shapeflow and by PyTorch's DataLoader with torchvision, with as many workers.

    cargo build --release -p shapeflow-bench
    python benches/pytorch_input.py [--workers 2] [--pictures 400] [--rounds 3]

Makes a folder of JPEG files of 500 x 375 that look a little like photographs, and one in the format of CIFAR-10, and throws them away.
Shapeflow reads all files once, before training; a DataLoader reads them in every epoch. So the first epoch is `read and augment` on both
sides, and the later ones `augment` against the same.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms
from torchvision.datasets import ImageFolder

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "shapeflow-bench"


def write_pictures(folder, count):
    """JPEG files in two classes: large patches of colour, edges and grain."""
    random = numpy.random.default_rng(1)
    sizes = []
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=numpy.uint8)).resize((500, 375), Image.BICUBIC)
        fine = Image.fromarray(random.integers(0, 256, (94, 125, 3), dtype=numpy.uint8)).resize((500, 375), Image.BICUBIC)
        path = folder / "pictures" / f"class{number % 2}" / f"{number:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.blend(coarse, fine, 0.25).save(path, quality=90)
        sizes.append(path.stat().st_size)
    return statistics.mean(sizes)


def write_cifar(folder):
    random = numpy.random.default_rng(2)
    (folder / "cifar").mkdir()
    for name in [*(f"data_batch_{part}" for part in range(1, 6)), "test_batch"]:
        records = random.integers(0, 256, (10_000, 3073), dtype=numpy.uint8)
        records[:, 0] %= 10
        (folder / "cifar" / f"{name}.bin").write_bytes(records.tobytes())


class Cifar(Dataset):
    """Pictures in memory, each made a PIL picture when it is asked for, as torchvision's CIFAR10 does."""

    def __init__(self, folder, transform):
        files = sorted((folder / "cifar").glob("data_batch_*.bin"))
        records = numpy.concatenate([numpy.fromfile(file, numpy.uint8).reshape(-1, 3073) for file in files])
        self.labels = records[:, 0].astype(int)
        self.pictures = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1).copy()
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.pictures[index])), self.labels[index]


def flip_and_crop(side, padding):
    return [transforms.RandomHorizontalFlip(), transforms.RandomCrop(side, padding=padding), transforms.ToTensor()]


def per_second(dataset, batch, workers, epochs):
    """Pictures a second over whole epochs, the first left out: it starts the workers."""
    loader = DataLoader(dataset, batch, shuffle=True, num_workers=workers, persistent_workers=workers > 0)
    rates = []
    for _ in range(epochs + 1):
        start = time.perf_counter()
        count = sum(len(labels) for _, labels in loader)
        rates.append(count / (time.perf_counter() - start))
    return statistics.median(rates[1:])


def theirs(folder, workers):
    resize = transforms.Resize((224, 224))
    files = lambda *steps: ImageFolder(folder / "pictures", transforms.Compose(steps))
    whole = files(resize, *flip_and_crop(224, 8))
    cifar = Cifar(folder, transforms.Compose(flip_and_crop(32, 4)))
    return {
        "read": per_second(files(resize, transforms.ToTensor()), 64, workers, 2),
        "read_and_augment": per_second(whole, 64, workers, 2),
        "cifar_augment": per_second(cifar, 128, workers, 1),
    }


def ours(*arguments):
    command = [str(BINARY), "--seconds", "2", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pictures", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder, mine, peer = pathlib.Path(name), [], []
        size = write_pictures(folder, arguments.pictures)
        write_cifar(folder)
        for _ in range(arguments.rounds):
            mine.append(ours("--input", folder, "--threads", arguments.workers))
            peer.append(theirs(folder, arguments.workers))
        step = ours("--work", "cifar_cnn", "--train-only", "--threads", arguments.workers)
    middle = lambda lines, key: statistics.median(line[key] for line in lines)
    print(f"{arguments.pictures} JPEG files of {size / 1024:.0f} KiB, {arguments.workers} workers; pictures a second")
    print("| | Shapeflow | PyTorch | ratio |\n|---|---:|---:|---:|")
    rows = [
        ("JPEG read and resized to 224", "read", "read"),
        ("the same, flipped and cropped", "read_and_augment", "read_and_augment"),
        ("a later epoch of these", "augment", "read_and_augment"),
        ("32 x 32 in memory, flipped and cropped", "cifar_augment", "cifar_augment"),
    ]
    for label, own, other in rows:
        a, b = middle(mine, own), middle(peer, other)
        print(f"| {label} | {a:,.0f} | {b:,.0f} | {a / b:.1f} |")
    print(f"| CIFAR-10 read, 50,000 pictures | {middle(mine, 'cifar_read'):,.0f} | | |")
    trained = 1e3 * step["batch"] / step["train_ms"][0]
    share = trained / middle(mine, "cifar_augment")
    print(f"\n`cifar_cnn` trains on {trained:,.0f} pictures a second: {share:.1%} of what is flipped and cropped meanwhile.")


if __name__ == "__main__":
    main()
