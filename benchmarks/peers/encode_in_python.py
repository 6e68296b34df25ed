"""Encoding as a notebook does it: PIL and a PyTorch EfficientNet-Lite, transformers for the
captions; fp32, no gradients."""

import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

BATCH = 32


class EfficientNetLite:
    def __init__(self, folder):
        self.config = json.loads((folder / "config.json").read_text())
        self.weights = load_file(folder / "model.safetensors")

    def layer(self, x, name, stride=1, groups=1, activate=True):
        weight, size = self.weights[f"{name}.convolution.weight"], x.shape[-1]
        padding = max((-(-size // stride) - 1) * stride + weight.shape[-1] - size, 0)
        x = F.pad(x, (padding // 2, padding - padding // 2) * 2)
        x = F.conv2d(x, weight, stride=stride, groups=groups)

        def norm(part):
            return self.weights[f"{name}.normalization.{part}"]

        x = F.batch_norm(x, norm("running_mean"), norm("running_var"), norm("weight"), norm("bias"), False, 0, 1e-3)
        return F.relu6(x) if activate else x

    def __call__(self, x):
        x, number, width = self.layer(x, "stem", 2), 0, self.config["stem_width"]
        for block in self.config["blocks"]:
            for repeat in range(block["repeats"]):
                name, stride, before = f"blocks.{number}", block["stride"] if repeat == 0 else 1, x
                if block["expand_ratio"] != 1:
                    x = self.layer(x, f"{name}.expand")
                x = self.layer(x, f"{name}.depthwise", stride, groups=x.shape[1])
                x = self.layer(x, f"{name}.project", activate=False)
                if stride == 1 and width == x.shape[1]:
                    x = x + before
                width, number = x.shape[1], number + 1
        return self.layer(x, "head").mean((2, 3))


def images(files, folder):
    network, rows = EfficientNetLite(folder), []
    side = json.loads((folder / "preprocessor_config.json").read_text())["size"]["height"]
    with torch.inference_mode():
        for begin in range(0, len(files), BATCH):
            pixels = [
                np.asarray(Image.open(file).convert("RGB").resize((side, side), Image.BICUBIC))
                for file in files[begin : begin + BATCH]
            ]
            batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float().sub(127).div(128)
            rows.append(network(batch.contiguous(memory_format=torch.channels_last)))
    return torch.cat(rows)


def texts(captions, folder):
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(captions)), key=lambda i: len(captions[i]))
    rows = torch.empty(len(captions), model.config.hidden_size)
    with torch.inference_mode():
        for begin in range(0, len(captions), BATCH):
            chosen = order[begin : begin + BATCH]
            batch = tokenizer([captions[i] for i in chosen], padding=True, return_tensors="pt")
            states, mask = model(**batch).last_hidden_state, batch["attention_mask"].unsqueeze(-1)
            rows[chosen] = (states * mask).sum(1) / mask.sum(1)
    return rows
