"""Writes losses/info_nce.safetensors: PyTorch's own cross-entropies on a small batch, with gradients."""
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

OUT = Path(__file__).parent / "losses"


def main():
    torch.manual_seed(11)
    image = F.normalize(torch.randn(13, 6), dim=1).requires_grad_()
    text = F.normalize(torch.randn(13, 6), dim=1).requires_grad_()
    log_scale = torch.tensor(2.3).requires_grad_()
    logits = log_scale.exp() * image @ text.T
    target = torch.arange(13)
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
    loss.backward()
    tensors = {"image": image, "text": text, "log_scale": log_scale, "loss": loss,
               "image_grad": image.grad, "text_grad": text.grad, "log_scale_grad": log_scale.grad}
    OUT.mkdir(exist_ok=True)
    save_file({name: tensor.detach().clone() for name, tensor in tensors.items()}, OUT / "info_nce.safetensors")


if __name__ == "__main__":
    main()
