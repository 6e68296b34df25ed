"""Encoders of the usual sizes with random weights, as Hugging Face folders, and batches for them."""

import json

import torch
import transformers
from safetensors.torch import save_file

TOKENS, CAPTIONS, PICTURES = 16, 32, 4
WORDS = 30522


def write_vocabulary(folder):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (folder / "vocab.txt").write_text("\n".join(special + [f"word{i}" for i in range(WORDS - len(special))]) + "\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    )


def write_processor(folder, kind):
    size = {"height": 224, "width": 224} if kind == "ViTImageProcessor" else {"shortest_edge": 224}
    fields = {
        "image_processor_type": kind,
        "do_resize": True,
        "size": size,
        "resample": 2,
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    if kind == "ConvNextImageProcessor":
        fields["crop_pct"] = 0.875
    (folder / "preprocessor_config.json").write_text(json.dumps(fields))


def bert_base():
    return transformers.BertModel(transformers.BertConfig(), add_pooling_layer=False)


def distilbert():
    return transformers.DistilBertModel(transformers.DistilBertConfig())


def vit_b16():
    return transformers.ViTModel(transformers.ViTConfig(), add_pooling_layer=False)


def resnet_50():
    model = transformers.ResNetModel(transformers.ResNetConfig())
    for module in model.modules():  # Statistics as training leaves them, or 50 layers of random weights overflow.
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 1.5)
            module.running_mean.normal_(0, 0.1)
            module.weight.data.uniform_(0.2, 0.5)
    return model


MODELS = {"BERT-base": bert_base, "DistilBERT": distilbert, "ViT-B/16": vit_b16, "ResNet-50": resnet_50}


def make(name, folder):
    """The model with its folder written, and one batch by input name."""
    torch.manual_seed(1)
    model = MODELS[name]().eval()
    model.save_pretrained(folder)
    if name in ("BERT-base", "DistilBERT"):
        write_vocabulary(folder)
        batch = {
            "input_ids": torch.randint(5, WORDS, (CAPTIONS, TOKENS)),
            "attention_mask": torch.ones(CAPTIONS, TOKENS, dtype=torch.long),
        }
        save_file({"ids": batch["input_ids"], "mask": batch["attention_mask"].bool()}, folder / "batch.safetensors")
    else:
        write_processor(folder, "ViTImageProcessor" if name == "ViT-B/16" else "ConvNextImageProcessor")
        batch = {"pixel_values": torch.randn(PICTURES, 3, 224, 224)}
        save_file({"pixels": batch["pixel_values"]}, folder / "batch.safetensors")
    return model, batch


def gigaflops(name):
    """Multiplications and additions of one item, counted twice, without norms and activations."""
    if name == "ResNet-50":
        return 8.2
    layers, tokens, width = {
        "BERT-base": (12, TOKENS, 768),
        "DistilBERT": (6, TOKENS, 768),
        "ViT-B/16": (12, 197, 768),
    }[name]
    linear, attention = 24 * tokens * width**2, 4 * tokens**2 * width
    patches = 2 * 196 * 768 * 768 if name == "ViT-B/16" else 0
    return (layers * (linear + attention) + patches) / 1e9
