"""Recall as VSE++ measures it: NumPy argsort of whole similarity matrices, heads applied in PyTorch.

python benchmarks/peers/recall_in_python.py RUN FEATURES      prints JSON
"""

import json
import sys

import numpy as np
import torch.nn.functional as F
from safetensors.torch import load_file
from store import load_store


def embed(weights, side, x):
    def get(name):
        return weights[f"{side}.{name}"]

    x = F.linear((x - get("mean")) / get("deviation"), get("in.weight"), get("in.bias"))
    x = F.gelu(F.layer_norm(x, x.shape[1:], get("norm.weight"), get("norm.bias")))
    return F.normalize(F.linear(x, get("out.weight"), get("out.bias")), dim=1).numpy()


def recalls(ranks):
    return {f"r{k}": 100 * float(np.mean(np.asarray(ranks) < k)) for k in (1, 5, 10)}


def measure(run, folder):
    manifest, image, text = load_store(folder)
    weights = load_file(f"{run}/heads.safetensors")
    test = [i for i, split in enumerate(manifest["images"]["split"]) if split == "test"]
    row_of = {store_row: row for row, store_row in enumerate(test)}
    captions = [j for j, i in enumerate(manifest["captions"]["image"]) if i in row_of]
    partner = np.array([row_of[manifest["captions"]["image"][j]] for j in captions])
    similarity = embed(weights, "image", image[test]) @ embed(weights, "text", text[captions]).T
    to_text, to_image = [], []
    for i in range(len(test)):
        order = np.argsort(-similarity[i])
        hit = int(np.flatnonzero(partner[order] == i)[0])
        to_text.append(hit)
    for j in range(len(captions)):
        to_image.append(int(np.flatnonzero(np.argsort(-similarity[:, j]) == partner[j])[0]))
    return {"image_to_text": recalls(to_text), "text_to_image": recalls(to_image)}


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:3])))
