"""Writes heads/residual_mlp.safetensors: a small residual MLP head in torch.nn, its weights, an
input and what it answers."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

OUT = Path(__file__).parent / "heads"


class Head(nn.Module):
    def __init__(self, features, hidden, width, blocks):
        super().__init__()
        self.register_buffer("mean", torch.randn(features))
        self.register_buffer("deviation", torch.rand(features) + 0.5)
        setattr(self, "in", nn.Linear(features, hidden))
        for block in range(blocks):
            setattr(
                self,
                f"block{block}",
                nn.ModuleDict(
                    {"norm": nn.LayerNorm(hidden), "up": nn.Linear(hidden, hidden), "down": nn.Linear(hidden, hidden)}
                ),
            )
        self.norm = nn.LayerNorm(hidden)
        self.out = nn.Linear(hidden, width)
        self.blocks = blocks
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.3)

    def forward(self, x):
        x = getattr(self, "in")((x - self.mean) / self.deviation)
        for block in range(self.blocks):
            part = getattr(self, f"block{block}")
            x = x + part["down"](F.gelu(part["up"](part["norm"](x))))
        return F.normalize(self.out(F.gelu(self.norm(x))), dim=1)


def main():
    torch.manual_seed(5)
    head = Head(features=7, hidden=6, width=4, blocks=2)
    x = torch.randn(5, 7)
    tensors = {f"head.{name}": tensor for name, tensor in head.state_dict().items()}
    tensors["input"] = x
    tensors["output"] = head(x)
    OUT.mkdir(exist_ok=True)
    save_file({name: tensor.detach().clone() for name, tensor in tensors.items()}, OUT / "residual_mlp.safetensors")


if __name__ == "__main__":
    main()
