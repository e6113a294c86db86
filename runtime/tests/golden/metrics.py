"""Writes metrics.json: scikit-learn's figures for predictions with ties, absent classes and constant targets.

Run with a Python that has scikit-learn: `python runtime/tests/golden/metrics.py`.
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics as sk

warnings.simplefilter("ignore")
random = np.random.default_rng(3)


def figures(truth, predicted):
    """Precision, recall and F1 in each average, and per class."""
    out = {}
    for name, score in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
        for average in ["macro", "micro", "weighted"]:
            out[f"{name} {average}"] = score(truth, predicted, average=average, zero_division=0)
    return out


def per_class(truth, predicted, labels):
    p, r, f, s = sk.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    return {"precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": s.tolist()}


def classes(examples, width, among):
    """Classes drawn from `among` of `width`; scores on a grid, so that areas have ties, without ties in a row."""
    truth = random.choice(among, examples)
    scores = np.stack([random.permutation(width) for _ in range(examples)]).astype(float)
    scores[np.arange(examples), truth] += random.choice([0, 2.5], examples)
    scores[:, [c for c in range(width) if c not in among]] -= 20
    predicted = scores.argmax(1)
    areas = [sk.roc_auc_score(truth == c, scores[:, c]) for c in among]
    case = {
        "truth": truth.tolist(), "scores": scores.flatten().tolist(), "width": width,
        "accuracy": sk.accuracy_score(truth, predicted),
        "top 2": sk.top_k_accuracy_score(truth, scores, k=2, labels=range(width)) if width > 2 else 1.0,
        "roc_auc": float(np.mean(areas)),
        **figures(truth, predicted),
        "per class": per_class(truth, predicted, range(width)),
        "matrix": sk.confusion_matrix(truth, predicted, labels=range(width)).flatten().tolist(),
    }
    if len(among) == width:
        names = ["ankle boot", "bag", "coat", "a rather long name", "shirt"][:width]
        case["names"] = names
        case["report"] = sk.classification_report(truth, predicted, target_names=names)
    return case


def answers(truth, scores):
    """Yes/no answers, `(examples, columns)`; yes above 0.5."""
    predicted = scores > 0.5
    single = truth.shape[1] == 1
    t, p = (truth[:, 0], predicted[:, 0]) if single else (truth, predicted)
    areas = [sk.roc_auc_score(truth[:, c], scores[:, c]) for c in range(truth.shape[1]) if 0 < truth[:, c].mean() < 1]
    columns = [per_class(truth[:, c], predicted[:, c], [1]) for c in range(truth.shape[1])]
    case = {
        "truth": truth.astype(float).flatten().tolist(), "scores": scores.flatten().tolist(),
        "width": truth.shape[1], "accuracy": (truth == predicted).mean(),
        "roc_auc": float(np.mean(areas)) if areas else None,
        "per class": {key: [column[key][0] for column in columns] for key in columns[0]},
    }
    if single:
        for name, score in [("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)]:
            case[f"{name} macro"] = score(t, p, zero_division=0)
    else:
        case.update(figures(t, p))
    return case


def numbers(truth, predicted):
    return {
        "truth": truth.flatten().tolist(), "predicted": predicted.flatten().tolist(), "width": truth.shape[1],
        "mean_absolute_error": sk.mean_absolute_error(truth, predicted),
        "root_mean_squared_error": sk.root_mean_squared_error(truth.flatten(), predicted.flatten()),
        "r2": sk.r2_score(truth, predicted),
    }


def grid(shape):
    """Scores with many ties that single precision holds exactly."""
    return random.integers(0, 9, shape) / 8


truth = random.normal(size=(40, 3)).astype(np.float32).astype(float) * 3 + 100
noise = random.normal(size=(40, 3)).astype(np.float32).astype(float)
noisy = (truth + noise).astype(np.float32).astype(float)
truth = truth.astype(np.float32).astype(float)
flat = truth.copy()
flat[:, 1] = 4
exact = flat.copy()
golden = {
    "classes": [
        classes(120, 5, [0, 1, 2, 3, 4]),
        classes(30, 2, [0, 1]),
        classes(60, 6, [0, 2, 3, 5]),
    ],
    "answers": [
        answers(random.random((50, 1)) < 0.4, grid((50, 1))),
        answers(np.zeros((6, 1), bool), grid((6, 1)) / 2),
        answers(np.zeros((6, 1), bool), grid((6, 1))),
        answers(np.ones((6, 1), bool), grid((6, 1))),
        answers(random.random((50, 4)) < [0.1, 0.5, 0.8, 0.0], grid((50, 4)) * [1, 1, 1, 0.5]),
    ],
    "numbers": [
        numbers(truth[:, :1], noisy[:, :1]),
        numbers(truth, noisy),
        numbers(flat, noisy),
        numbers(flat, exact),
    ],
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden) + "\n")
