"""Writes tests/reference/finetuning/: what transformers answers for encoders whose last layers are trained.

    python tests/reference/make_finetuning_reference.py

gradients.safetensors: for each small encoder of tests/reference/encoders/ (bert, distilbert,
roberta, mpnet, clip, vit, deit, dinov2, dinov2_swiglu, dinov2_registers, clip_vision) the loss is
sum(last layer * direction) over true tokens, direction(b, t, d) = sin(b + 2 t + 3 d). FAMILY/NAME
is its gradient in the weight NAME of the last layer and, where there is one, the final norm behind
it. Captions are the ids of tiny_FAMILY_states.safetensors, pictures formula_pixels(2, 16, 16).

merged_bert.safetensors: the last layer of tiny_bert with 3 B A added to query and value of layer i, rank 2, where
A[r, j] = 0.1 sin(r + 2 j + i) and B[o, r] = 0.1 cos(o + 3 r + i).
"""

import json
import pathlib

import torch
from make_encoder_reference import OUT, formula_pixels
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertModel,
    CLIPConfig,
    CLIPModel,
    CLIPVisionConfig,
    CLIPVisionModel,
    DeiTConfig,
    DeiTModel,
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
    RobertaConfig,
    RobertaModel,
    ViTConfig,
    ViTModel,
)

TEXT = {
    "bert": (BertConfig, BertModel, "encoder.layer.1."),
    "distilbert": (DistilBertConfig, DistilBertModel, "transformer.layer.1."),
    "roberta": (RobertaConfig, RobertaModel, "encoder.layer.1."),
    "mpnet": (MPNetConfig, MPNetModel, "encoder.layer.1."),
    "clip": (CLIPConfig, CLIPModel, "text_model.encoder.layers.1."),
}
IMAGE = {
    "vit": (ViTConfig, ViTModel),
    "deit": (DeiTConfig, DeiTModel),
    "dinov2": (Dinov2Config, Dinov2Model),
    "dinov2_swiglu": (Dinov2Config, Dinov2Model),
    "dinov2_registers": (Dinov2WithRegistersConfig, Dinov2WithRegistersModel),
    "clip_vision": (CLIPVisionConfig, CLIPVisionModel),
}


def open_model(family, config_class, model_class):
    folder = OUT / f"tiny_{family}"
    config = config_class(
        **{key: value for key, value in json.loads((folder / "config.json").read_text()).items() if key != "model_type"}
    )
    options = (
        {}
        if model_class in (DistilBertModel, CLIPModel, CLIPVisionModel, Dinov2Model, Dinov2WithRegistersModel)
        else {"add_pooling_layer": False}
    )
    model = model_class(config, **options).eval()
    weights = {key: tensor.float() for key, tensor in load_file(folder / "model.safetensors").items()}
    for prefix in ("vit.", "deit."):
        weights = {key.removeprefix(prefix): tensor for key, tensor in weights.items()}
    missing, _ = model.load_state_dict(weights, strict=False)
    assert not [name for name in missing if "position_ids" not in name], missing
    return model


def direction(shape):
    b, t, d = (torch.arange(size, dtype=torch.float64) for size in shape)
    return torch.sin(b[:, None, None] + 2 * t[None, :, None] + 3 * d[None, None, :]).float()


def merged_bert():
    model = open_model("bert", BertConfig, BertModel)
    rank = torch.arange(2, dtype=torch.float64)
    width = torch.arange(24, dtype=torch.float64)
    with torch.no_grad():
        for i, layer in enumerate(model.encoder.layer):
            down = 0.1 * torch.sin(rank[:, None] + 2 * width[None, :] + i)
            up = 0.1 * torch.cos(width[:, None] + 3 * rank[None, :] + i)
            for part in (layer.attention.self.query, layer.attention.self.value):
                part.weight += (3 * up @ down).float()
        batch = load_file(OUT / "tiny_bert_states.safetensors")
        return model(input_ids=batch["ids"], attention_mask=batch["mask"].long()).last_hidden_state.clone()


def main():
    gradients = {}

    def collect(family, model, states, kept, names):
        model.zero_grad()
        (states * direction(states.shape) * kept).sum().backward()
        for name, weight in model.named_parameters():
            if any(part in name for part in names):
                assert weight.grad is not None, name
                gradients[f"{family}/{name}"] = weight.grad.clone()

    for family, (config_class, model_class, layer) in TEXT.items():
        batch = load_file(OUT / f"tiny_{family}_states.safetensors")
        model = open_model(family, config_class, model_class)
        asked = model.text_model if family == "clip" else model
        states = asked(input_ids=batch["ids"], attention_mask=batch["mask"].long()).last_hidden_state
        collect(family, model, states, batch["mask"][:, :, None], (layer, "text_model.final_layer_norm"))
    for family, (config_class, model_class) in IMAGE.items():
        model = open_model(family, config_class, model_class)
        answer = model(formula_pixels(2, 16, 16))
        states = answer.last_hidden_state
        layer = "encoder.layer.1."
        norm = "layernorm."
        if family == "clip_vision":  # tandem's last layer has pooler_output in the class token's place
            states = torch.cat([answer.pooler_output[:, None], states[:, 1:]], 1)
            layer, norm = "vision_model.encoder.layers.1.", "vision_model.post_layernorm."
        names = (layer, norm) if family == "clip_vision" else (layer,)
        collect(family, model, states, torch.ones(1), names)
        if family != "clip_vision":
            for part in ("weight", "bias"):
                gradients[f"{family}/layernorm.{part}"] = model.layernorm.get_parameter(part).grad.clone()
    out = pathlib.Path(__file__).resolve().parent / "finetuning"
    out.mkdir(exist_ok=True)
    save_file(gradients, out / "gradients.safetensors")
    save_file({"last": merged_bert()}, out / "merged_bert.safetensors")


if __name__ == "__main__":
    main()
