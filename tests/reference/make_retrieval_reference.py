"""Vectors and what others' functions say of their retrieval, for tests/retrieval/metrics_test.cpp.

    python tests/reference/make_retrieval_reference.py

Text to image every caption has one right picture: recall@k is scikit-learn's top_k_accuracy_score,
the mean reciprocal rank its label_ranking_average_precision_score. Image to text recall@k is
counted as CLIP_benchmark's zeroshot_retrieval.recall_at_k does, over torch.topk. Ranks and mAP@R
(Musgrave et al. 2020) are read off numpy.argsort.
"""

import json
import pathlib

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import label_ranking_average_precision_score, top_k_accuracy_score

OUT = pathlib.Path(__file__).parent / "retrieval"
KS = (1, 3, 5, 10, 40)


def clip_benchmark_recall(scores, positive, k):
    top = torch.topk(scores, k, dim=1).indices
    hits = torch.gather(positive, 1, top).sum(1)
    return 100 * (hits > 0).double().mean().item()


def of_orders(scores, positive):
    ranks, reciprocal, precision = [], [], []
    for row, right in zip(scores.numpy(), positive.numpy()):
        hits = right[np.argsort(-row)]
        ranks.append(1 + int(np.flatnonzero(hits)[0]))
        reciprocal.append(1 / ranks[-1])
        R = int(right.sum())
        first = hits[:R]
        precision.append(float((np.cumsum(first) / np.arange(1, R + 1) * first).sum() / R))
    return {
        "median_rank": float(np.median(ranks)),
        "mean_rank": float(np.mean(ranks)),
        "mrr": float(np.mean(reciprocal)),
        "map_r": float(np.mean(precision)),
    }


def main():
    torch.manual_seed(4)
    image = torch.nn.functional.normalize(torch.randn(61, 9), dim=1)
    image_of_text = torch.cat([torch.arange(61), torch.randint(61, (122,))])[torch.randperm(183)]
    text = torch.nn.functional.normalize(image[image_of_text] + 0.35 * torch.randn(183, 9), dim=1)
    scores = image.double() @ text.double().T
    positive = image_of_text[None] == torch.arange(61)[:, None]
    to_text, to_image = of_orders(scores, positive), of_orders(scores.T, positive.T)
    for k in KS:
        to_text[f"r{k}"] = clip_benchmark_recall(scores, positive, k)
        to_image[f"r{k}"] = 100 * float(
            top_k_accuracy_score(image_of_text, scores.T.numpy(), k=k, labels=np.arange(61))
        )
        assert abs(to_image[f"r{k}"] - clip_benchmark_recall(scores.T, positive.T, k)) < 1e-9
    theirs = label_ranking_average_precision_score(positive.T.numpy(), scores.T.numpy())
    assert abs(theirs - to_image["mrr"]) < 1e-12
    to_image["mrr"] = float(theirs)
    gaps = scores.flatten().sort().values.diff()
    assert gaps.min() > 0, "ties would make the answer a matter of taste"
    OUT.mkdir(exist_ok=True)
    save_file({"image": image, "text": text, "image_of_text": image_of_text}, OUT / "retrieval.safetensors")
    (OUT / "metrics.json").write_text(
        json.dumps({"image_to_text": to_text, "text_to_image": to_image}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
