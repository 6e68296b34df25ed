"""tandem's default training as a PyTorch loop: the same shapes, noise, dropout, loss, optimiser and number of steps.

python benchmarks/peers/train_in_python.py FEATURES EPOCHS
"""

import sys

import torch
import torch.nn.functional as F
from store import load_store
from torch import nn

HIDDEN, WIDTH, DROPOUT, NOISE, BATCH = 1024, 512, 0.6, 0.75, 1024


class Head(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.mean, self.deviation = features.mean(0), features.std(0).clamp_min(1e-6)
        self.layers = nn.Sequential(
            nn.Linear(features.shape[1], HIDDEN),
            nn.LayerNorm(HIDDEN),
            nn.GELU(),
            nn.Dropout(DROPOUT),
            nn.Linear(HIDDEN, WIDTH),
        )

    def forward(self, x):
        x = (x - self.mean) / self.deviation
        return F.normalize(self.layers(x + NOISE * torch.randn_like(x)), dim=1)


def train(folder, epochs):
    manifest, image, text = load_store(folder)
    train = [i for i, split in enumerate(manifest["images"]["split"]) if split == "train"]
    row_of = {store_row: row for row, store_row in enumerate(train)}
    captions = [j for j, i in enumerate(manifest["captions"]["image"]) if i in row_of]
    partner = torch.tensor([row_of[manifest["captions"]["image"][j]] for j in captions])
    image, text = image[train], text[captions]
    heads, log_scale = (Head(image), Head(text)), nn.Parameter(torch.tensor(2.66))
    parameters = [*heads[0].parameters(), *heads[1].parameters(), log_scale]
    optimizer = torch.optim.AdamW(parameters, lr=2e-3, weight_decay=0.05)
    for _ in range(epochs):
        order = torch.randperm(len(text))
        for step in range(len(text) // BATCH):
            rows = order[step * BATCH : (step + 1) * BATCH]
            ids = partner[rows]
            logits = log_scale.exp() * heads[0](image[ids]) @ heads[1](text[rows]).T
            same = (ids[:, None] == ids[None]).fill_diagonal_(False)
            logits = logits.masked_fill(same, float("-inf"))
            target = torch.arange(BATCH)
            loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
        print(f"loss of the last batch {loss.item():.4f}")


if __name__ == "__main__":
    train(sys.argv[1], int(sys.argv[2]))
