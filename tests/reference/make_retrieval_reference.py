"""Vectors and what others' functions say of their retrieval, for tests/retrieval/metrics_test.cpp.

    python tests/reference/make_retrieval_reference.py

Text to image every caption has one right picture: recall@k is scikit-learn's top_k_accuracy_score,
the mean reciprocal rank its label_ranking_average_precision_score. Image to text recall@k is
counted as CLIP_benchmark's zeroshot_retrieval.recall_at_k does, over torch.topk. Ranks and mAP@R
(Musgrave et al. 2020) are read off numpy.argsort. nDCG@10 is trec_eval's ndcg_cut_10, by
pytrec_eval, and equals scikit-learn's ndcg_score.

same_caption.json holds the same with every picture and caption of the same text counted as right;
the text of caption j is `same_text[j]`.
"""

import json
import pathlib

import numpy as np
import pytrec_eval
import torch
from safetensors.torch import save_file
from sklearn.metrics import label_ranking_average_precision_score, ndcg_score, top_k_accuracy_score

OUT = pathlib.Path(__file__).parent / "retrieval"
KS = (1, 3, 5, 10, 40)


def clip_benchmark_recall(scores, positive, k):
    top = torch.topk(scores, k, dim=1).indices
    hits = torch.gather(positive, 1, top).sum(1)
    return 100 * (hits > 0).double().mean().item()


def ndcg_10(scores, positive):
    run = {str(q): {str(d): float(s) for d, s in enumerate(row)} for q, row in enumerate(scores.numpy())}
    qrels = {str(q): {str(d): int(right) for d, right in enumerate(row)} for q, row in enumerate(positive.numpy())}
    of_query = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut_10"}).evaluate(run)
    mean = float(np.mean([one["ndcg_cut_10"] for one in of_query.values()]))
    assert abs(mean - ndcg_score(positive.numpy().astype(float), scores.numpy(), k=10)) < 1e-12
    return mean


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
        "ndcg_10": ndcg_10(scores, positive),
    }


def by_caption(scores, image_of_text, same_text):
    """Right: captions with the text of an own caption, pictures that have a caption of that text."""
    has = torch.zeros(scores.shape[0], int(same_text.max()) + 1, dtype=torch.bool)
    has[image_of_text, same_text] = True
    positive = has[:, same_text]
    ways = {}
    for way, s, p in (("image_to_text", scores, positive), ("text_to_image", scores.T, positive.T)):
        ways[way] = of_orders(s, p) | {f"r{k}": clip_benchmark_recall(s, p, k) for k in KS}
    return ways


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
    same_text = torch.randint(40, (183,))
    OUT.mkdir(exist_ok=True)
    arrays = {"image": image, "text": text, "image_of_text": image_of_text, "same_text": same_text}
    save_file(arrays, OUT / "retrieval.safetensors")
    (OUT / "same_caption.json").write_text(json.dumps(by_caption(scores, image_of_text, same_text), indent=1) + "\n")
    (OUT / "metrics.json").write_text(
        json.dumps({"image_to_text": to_text, "text_to_image": to_image}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
