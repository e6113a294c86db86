"""Writes schedules.json: the rates of PyTorch's schedulers, step by step.

Run with a Python that has torch: `python runtime/tests/golden/schedules.py`.
"""
import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler

warnings.simplefilter("ignore")
BASE, STEPS_PER_EPOCH, EPOCHS = 0.5, 10, 6
STEPS = STEPS_PER_EPOCH * EPOCHS


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=BASE)


def each_step(make):
    sgd = optimizer()
    schedule = make(sgd)
    rates = []
    for step in range(STEPS):
        rates.append(sgd.param_groups[0]["lr"])
        if step + 1 < STEPS:
            sgd.step()
            schedule.step()
    return rates


def plateau(values, **options):
    """The rate of each epoch, the first before any value."""
    sgd = optimizer()
    schedule = lr_scheduler.ReduceLROnPlateau(sgd, **options)
    rates = []
    for value in values:
        rates.append(sgd.param_groups[0]["lr"])
        schedule.step(value)
    return {"values": values, "rates": rates + [sgd.param_groups[0]["lr"]]}


warm = 15
losses = [1.0, 0.8, 0.79999, 0.81, 0.8, 0.79, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76]
golden = {
    "step": each_step(lambda o: lr_scheduler.StepLR(o, 20, 0.3)),
    "cosine": each_step(lambda o: lr_scheduler.CosineAnnealingLR(o, STEPS, eta_min=0.1 * BASE)),
    "warm-up and cosine": each_step(lambda o: lr_scheduler.SequentialLR(o, [
        lr_scheduler.LinearLR(o, start_factor=0.2, total_iters=warm),
        lr_scheduler.CosineAnnealingLR(o, STEPS - warm)], milestones=[warm])),
    "one cycle": each_step(lambda o: lr_scheduler.OneCycleLR(o, BASE, total_steps=STEPS)),
    "plateau": plateau(losses, factor=0.5, patience=2, min_lr=0.1),
    "plateau with cooldown": plateau(losses, factor=0.1, patience=1, cooldown=3, threshold=0.05),
    "rising plateau": plateau([1 - loss for loss in losses], factor=0.5, patience=1, mode="max"),
}

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
