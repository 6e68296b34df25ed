"""Writes analysis/analysis.safetensors: hubness, its corrections, zero-shot classification and
geometry by scikit-learn, SciPy and NumPy.

    python3 tests/reference/make_analysis_reference.py

40 pictures with 95 captions in 8 dimensions, unit rows, some of them hubs; banks of 60 other
captions and 50 other pictures.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from scipy.special import logsumexp, softmax
from scipy.stats import entropy, skew
from sklearn.linear_model import Ridge
from sklearn.metrics import (
    balanced_accuracy_score,
    confusion_matrix,
    precision_score,
    recall_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from sklearn.neighbors import NearestNeighbors

OUT = Path(__file__).parent / "analysis"
IMAGES, TEXTS, WIDTH, SCALE = 40, 95, 8, 12.0


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def data():
    chance = np.random.default_rng(5)
    shift = chance.normal(size=WIDTH)
    pairs = np.concatenate([np.arange(IMAGES), chance.integers(0, IMAGES, TEXTS - IMAGES)])
    chance.shuffle(pairs)
    centre = chance.normal(size=(IMAGES, WIDTH))
    image = unit(centre + 0.7 * shift * chance.random((IMAGES, 1)))
    text = unit(centre[pairs] + 0.8 * chance.normal(size=(TEXTS, WIDTH)) - 0.3 * shift)
    banks = {
        "text_bank": unit(chance.normal(size=(60, WIDTH)) - 0.3 * shift),
        "image_bank": unit(chance.normal(size=(50, WIDTH)) + 0.4 * shift),
    }
    classes = unit(chance.normal(size=(6, WIDTH)))
    return image, text, pairs.astype(np.int64), banks, classes, chance.integers(0, 6, IMAGES).astype(np.int64)


def occurrence(query, gallery, k):
    near = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(gallery).kneighbors(query, return_distance=False)
    return np.bincount(near.ravel(), minlength=len(gallery))


def mean_of_largest(similarity, k):
    return np.sort(similarity, axis=1)[:, -k:].mean(1)


def ranks(score, pairs):
    """Of the own picture for every caption, from scores [N, M]."""
    own = score[pairs, np.arange(len(pairs))]
    return (score >= own).sum(0)


def corrections(image, text, pairs, banks):
    s, to_texts, to_images = image @ text.T, image @ banks["text_bank"].T, text @ banks["image_bank"].T
    plain = {
        "nnn": 0.75 * mean_of_largest(to_texts, 16),
        "csls": mean_of_largest(to_texts, 10) / 2,
        "inverted-softmax": logsumexp(20.0 * to_texts, axis=1) / 20.0,
    }
    inverted = np.exp(20.0 * s) / np.exp(20.0 * to_texts).sum(1, keepdims=True)
    scores = {
        "nnn": s - 0.75 * mean_of_largest(to_texts, 16)[:, None],
        "csls": 2 * s - mean_of_largest(to_texts, 10)[:, None] - mean_of_largest(to_images, 10)[None],
        "inverted-softmax": inverted / inverted.sum(0, keepdims=True),
    }
    found = {"ranks.none": ranks(s, pairs)}
    for name in plain:
        found["bias." + name] = plain[name].astype(np.float32)
        found["ranks." + name] = ranks(scores[name], pairs)
    return found


def separability(image, text):
    def half(first):
        rows = np.concatenate([image[first::2], text[first::2]]).astype(np.float64)
        sides = np.concatenate([np.ones(len(image[first::2])), -np.ones(len(text[first::2]))])
        return np.hstack([rows, np.ones((len(rows), 1))]), sides

    rows, sides = half(0)
    weight = np.where(sides > 0, 1 / (sides > 0).sum(), 1 / (sides < 0).sum())
    model = Ridge(alpha=1e-4, fit_intercept=False, solver="cholesky").fit(rows, sides, sample_weight=weight)
    rows, sides = half(1)
    return 100 * balanced_accuracy_score(sides > 0, model.predict(rows) > 0)


def uniformity(rows):
    return torch.pdist(torch.from_numpy(rows).double()).pow(2).mul(-2).exp().mean().log().item()


def effective_rank(rows):
    singular = np.linalg.svd(rows.astype(np.float64), compute_uv=False)
    return np.exp(entropy(singular / singular.sum()))


def calibration(query, gallery, right, bins=15):
    probability = softmax(SCALE * (query.astype(np.float64) @ gallery.T.astype(np.float64)), axis=1)
    confidence, hit = probability.max(1), probability.argmax(1) == right
    error, counts = 0.0, []
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        counts.append(inside.sum())
        if inside.any():
            error += inside.mean() * abs(hit[inside].mean() - confidence[inside].mean())
    return [error, confidence.mean(), hit.mean()] + counts


def main():
    image, text, pairs, banks, classes, label = data()
    similarity = image @ text.T
    own = np.zeros(similarity.shape, bool)
    own[pairs, np.arange(TEXTS)] = True
    pair_histogram = [
        np.histogram(np.clip(similarity[chosen], -1, 1), bins=20, range=(-1, 1))[0] for chosen in (own, ~own)
    ]
    shares = [counts / counts.sum() for counts in pair_histogram]
    scores = image @ classes.T
    predicted = scores.argmax(1)
    numbers = {
        "hubness": [skew(occurrence(text, image, 10)), skew(occurrence(image, text, 10))],
        "zero_shot": [100 * top_k_accuracy_score(label, scores, k=k, labels=np.arange(6)) for k in (1, 5)]
        + [100 * recall_score(label, predicted, average="macro")],
        "precision": 100 * precision_score(label, predicted, average=None, zero_division=0),
        "alignment": [(np.linalg.norm(image[pairs] - text, axis=1) ** 2).mean()],
        "uniformity": [uniformity(image), uniformity(text)],
        "gap": [
            np.linalg.norm(image.mean(0, dtype=np.float64) - text.mean(0, dtype=np.float64)),
            separability(image, text),
        ],
        "effective_rank": [effective_rank(image), effective_rank(text)],
        "similarity": [
            similarity[own].mean(),
            similarity[own].std(),
            similarity[~own].mean(),
            similarity[~own].std(),
            np.minimum(*shares).sum(),
            roc_auc_score(own.ravel(), similarity.ravel()),
        ],
        "calibration": calibration(text, image, pairs),
    }
    tensors = {
        "image": image,
        "text": text,
        "image_of_text": pairs,
        "classes": classes,
        "label": label,
        **banks,
        **corrections(image, text, pairs, banks),
        "occurrence.image": occurrence(text, image, 10),
        "occurrence.text": occurrence(image, text, 10),
        "confusion": confusion_matrix(label, predicted, labels=np.arange(6)),
        "histogram.aligned": pair_histogram[0],
        "histogram.misaligned": pair_histogram[1],
    }
    tensors.update({name: np.asarray(values, np.float64) for name, values in numbers.items()})
    tensors = {
        name: np.ascontiguousarray(value.astype(np.int64) if value.dtype.kind == "i" else value)
        for name, value in tensors.items()
    }
    OUT.mkdir(exist_ok=True)
    save_file(tensors, OUT / "analysis.safetensors")
    for name, values in numbers.items():
        print(name, np.round(values, 4))


if __name__ == "__main__":
    main()
