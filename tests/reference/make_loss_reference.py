"""Writes losses/losses.safetensors: every loss by PyTorch's own building blocks, with gradients.

    python3 tests/reference/make_loss_reference.py

Two batches of 13 pairs: "alone", where every picture comes once, and "shared", where some come
twice or three times. The rule for those differs from textbooks (rows that show the same picture are
no negatives), so here they are taken out of the logits by indexing, row by row, and what is left
goes to PyTorch.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

OUT = Path(__file__).parent / "losses"
ALONE = torch.arange(13)
SHARED = torch.tensor([0, 1, 2, 0, 3, 4, 4, 5, 6, 0, 7, 8, 4])


def choices(i, ids):
    """Row i's candidates, the own one first."""
    return [i] + [j for j in range(len(ids)) if ids[j] != ids[i]]


def mean_of(rows):
    return torch.stack(rows).mean()


def info_nce(image, text, scale, ids, smoothing=0.0):
    own = torch.tensor([0])
    rows = []
    for queries, candidates in ((image, text), (text, image)):
        for i in range(len(ids)):
            logits = scale * queries[i] @ candidates[choices(i, ids)].T
            rows.append(F.cross_entropy(logits[None], own, label_smoothing=smoothing))
    return mean_of(rows)


def nt_xent(image, text, scale, ids):
    rows = []
    for queries, partners in ((image, text), (text, image)):
        for i in range(len(ids)):
            others = [j for j in range(len(ids)) if ids[j] != ids[i]]
            logits = scale * queries[i] @ torch.cat([partners[choices(i, ids)], queries[others]]).T
            rows.append(F.cross_entropy(logits[None], torch.tensor([0])))
    return mean_of(rows)


def multi_positive(image, text, scale, ids):
    positive = (ids[:, None] == ids[None]).float()
    target = positive / positive.sum(1, keepdim=True)
    logits = scale * image @ text.T
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2


def siglip(image, text, scale, ids, bias):
    total = 0.0
    for i in range(len(ids)):
        for j in range(len(ids)):
            if i == j or ids[i] != ids[j]:
                total = total - F.logsigmoid((1 if i == j else -1) * (scale * image[i] @ text[j] + bias))
    return total / len(ids)


def hinge(image, text, ids, margin, hardest):
    rows = []
    for queries, candidates in ((image, text), (text, image)):
        for i in range(len(ids)):
            others = [j for j in range(len(ids)) if ids[j] != ids[i]]
            cost = (margin + candidates[others] @ queries[i] - candidates[i] @ queries[i]).clamp(min=0)
            rows.append(cost.max() if hardest else cost.sum())
    return 2 * mean_of(rows)


def dcl(image, text, scale, ids):
    rows = []
    for queries, candidates in ((image, text), (text, image)):
        for i in range(len(ids)):
            others = [j for j in range(len(ids)) if ids[j] != ids[i]]
            rows.append(
                torch.logsumexp(scale * candidates[others] @ queries[i], 0) - scale * candidates[i] @ queries[i]
            )
    return mean_of(rows)


def soft_target(image, text, scale, ids, features, weight, soft_scale):
    rows = []
    for queries, candidates, frozen in ((image, text, features[0]), (text, image, features[1])):
        frozen = F.normalize(frozen, dim=1)
        for i in range(len(ids)):
            chosen = choices(i, ids)
            target = weight * torch.softmax(soft_scale * frozen[chosen] @ frozen[i], 0)
            target = target + (1 - weight) * F.one_hot(torch.tensor(0), len(chosen))
            rows.append(F.cross_entropy((scale * candidates[chosen] @ queries[i])[None], target[None]))
    return mean_of(rows)


def main():
    torch.manual_seed(11)
    raw = [torch.randn(13, 6) for _ in range(2)]
    features = [torch.randn(13, 5), torch.randn(13, 4)]
    tensors = {
        "image": F.normalize(raw[0], dim=1),
        "text": F.normalize(raw[1], dim=1),
        "image_features": features[0],
        "text_features": features[1],
        "log_scale": torch.tensor(2.3),
        "bias": torch.tensor(-1.5),
        "alone": ALONE,
        "shared": SHARED,
    }
    for kind, ids in (("alone", ALONE), ("shared", SHARED)):
        for name, loss in {
            "info-nce": lambda x, y, s, b: info_nce(x, y, s, ids),
            "info-nce-smoothed": lambda x, y, s, b: info_nce(x, y, s, ids, 0.1),
            "nt-xent": lambda x, y, s, b: nt_xent(x, y, s, ids),
            "multi-positive": lambda x, y, s, b: multi_positive(x, y, s, ids),
            "siglip": lambda x, y, s, b: siglip(x, y, s, ids, b),
            "hinge-max": lambda x, y, s, b: hinge(x, y, ids, 0.2, True),
            "hinge-sum": lambda x, y, s, b: hinge(x, y, ids, 0.2, False),
            "dcl": lambda x, y, s, b: dcl(x, y, s, ids),
            "soft-target": lambda x, y, s, b: soft_target(x, y, s, ids, features, 0.3, 20.0),
        }.items():
            arguments = [
                tensors[key].clone().double().requires_grad_() for key in ("image", "text", "log_scale", "bias")
            ]
            features[:] = [one.double() for one in features]
            value = loss(arguments[0], arguments[1], arguments[2].exp(), arguments[3])
            value.backward()
            prefix = f"{kind}.{name}."
            tensors[prefix + "value"] = value.detach().float()
            for key, argument in zip(("image", "text", "log_scale", "bias"), arguments):
                if argument.grad is not None:
                    tensors[prefix + key] = argument.grad.float()
    OUT.mkdir(exist_ok=True)
    save_file(tensors, OUT / "losses.safetensors")


if __name__ == "__main__":
    main()
