"""Writes the small image encoders of tests/reference/encoders/ and what transformers answers for them.

    python tests/reference/make_image_encoder_reference.py

Each folder tiny_NAME/ is a model as transformers saves it, with random weights: config.json,
model.safetensors, preprocessor_config.json. Beside them lies states.safetensors with, for each size
of picture, the layers that transformers gives for two pictures of formula_pixels: HxW/0 (the
embeddings) to HxW/L (behind the final norm), [2, T, D] each.
"""

import json

import torch
from make_encoder_reference import OUT, formula_pixels, write_json
from safetensors.torch import save_file
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPVisionConfig,
    CLIPVisionModel,
    DeiTConfig,
    DeiTForImageClassificationWithTeacher,
    Dinov2Config,
    Dinov2Model,
    Dinov2WithRegistersConfig,
    Dinov2WithRegistersModel,
    ResNetConfig,
    ResNetForImageClassification,
    ResNetModel,
    ViTConfig,
    ViTForImageClassification,
    ViTModel,
)

SMALL = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, image_size=16, patch_size=4)
VIT = dict(SMALL, intermediate_size=40)


def randomize(model, seed):
    """Wide enough that activations, softmax and norms all leave their linear regions."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            noise = torch.randn(tensor.shape, generator=generator)
            if name.endswith("running_var"):
                tensor.copy_(noise.abs() + 0.3)
            elif tensor.dim() == 4 and "convolution" in name:
                tensor.copy_(noise * (1.5 / tensor[0].numel()) ** 0.5)
            elif tensor.is_floating_point():
                one = tensor.dim() == 1 and name.endswith((".weight", "lambda1"))
                tensor.copy_(noise * 0.3 + (1.0 if one else 0.0))
    return model.eval()


def transformer_layers(model, pixels):
    answer = model(pixels, output_hidden_states=True)
    return [*answer.hidden_states[:-1], answer.last_hidden_state]


def clip_layers(model, pixels):
    """The last layer as tandem states it: pooler_output in the class token's place."""
    answer = model(pixels, output_hidden_states=True)
    last = torch.cat([answer.pooler_output[:, None], answer.last_hidden_state[:, 1:]], 1)
    return [*answer.hidden_states[:-1], last]


def resnet_layers(model, pixels):
    answer = model(pixels, output_hidden_states=True)
    states = [layer.flatten(2).transpose(1, 2) for layer in answer.hidden_states]
    torch.testing.assert_close(states[-1].mean(1), answer.pooler_output.flatten(1))
    return states


def make(name, model, base, layers, sizes=((16, 16),), dtype=torch.float32):
    """`model` is saved, `base` is the part of it that is asked."""
    folder = OUT / f"tiny_{name}"
    folder.mkdir(exist_ok=True)
    stored = {
        key: tensor.to(dtype if tensor.is_floating_point() else tensor.dtype).contiguous()
        for key, tensor in model.state_dict().items()
    }
    save_file(stored, folder / "model.safetensors")
    model.load_state_dict(
        {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in stored.items()}
    )
    config = json.loads(model.config.to_json_string())
    for key in ("id2label", "label2id"):
        config.pop(key, None)
    for key in ("hidden_act", "layer_norm_eps", "num_channels"):  # Some releases leave defaults out of nested parts.
        config.get("vision_config", {}).pop(key, None)
    write_json(folder / "config.json", config)
    height, width = sizes[0]
    write_json(
        folder / "preprocessor_config.json",
        {
            "do_resize": True,
            "size": {"height": height, "width": width},
            "resample": 2,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": [0.5] * 3,
            "image_std": [0.5] * 3,
            "image_processor_type": "ViTImageProcessor",
        },
    )
    states = {}
    with torch.inference_mode():
        for height, width in sizes:
            for number, layer in enumerate(layers(base, formula_pixels(2, height, width))):
                states[f"{height}x{width}/{number}"] = layer.clone().contiguous()
    save_file(states, folder / "states.safetensors")


def main():
    vit = randomize(ViTForImageClassification(ViTConfig(**VIT, num_labels=3)), 11)
    make("vit", vit, vit.vit, transformer_layers)
    plain = randomize(ViTModel(ViTConfig(**VIT, qkv_bias=False, hidden_act="quick_gelu", layer_norm_eps=1e-2)), 12)
    make("vit_no_bias", plain, plain, transformer_layers, dtype=torch.bfloat16)
    deit = randomize(DeiTForImageClassificationWithTeacher(DeiTConfig(**VIT, num_labels=3)), 13)
    make("deit", deit, deit.deit, transformer_layers, dtype=torch.float16)

    sizes = ((16, 16), (28, 16), (13, 35), (17, 16))
    dinov2 = randomize(Dinov2Model(Dinov2Config(**SMALL, mlp_ratio=2)), 14)
    make("dinov2", dinov2, dinov2, transformer_layers, sizes)
    swiglu = randomize(Dinov2Model(Dinov2Config(**SMALL, mlp_ratio=3, use_swiglu_ffn=True, use_mask_token=False)), 15)
    make("dinov2_swiglu", swiglu, swiglu, transformer_layers)
    registers = randomize(
        Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**SMALL, mlp_ratio=1.5, num_register_tokens=3)), 16
    )
    make("dinov2_registers", registers, registers, transformer_layers, sizes)

    vision = dict(SMALL, intermediate_size=40)
    alone = randomize(CLIPVisionModel(CLIPVisionConfig(**vision, hidden_act="gelu")), 17)
    make("clip_vision", alone, alone, clip_layers)
    text = dict(
        vocab_size=5,
        hidden_size=8,
        intermediate_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=4,
    )
    whole = randomize(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=6)), 18)
    make("clip_both_halves", whole, whole.vision_model, clip_layers)

    odd = ((37, 50), (32, 32))
    basic = randomize(
        ResNetForImageClassification(
            ResNetConfig(embedding_size=6, hidden_sizes=[6, 10], depths=[2, 1], layer_type="basic", num_labels=3)
        ),
        19,
    )
    make("resnet_basic", basic, basic.resnet, resnet_layers, odd)
    bottleneck = randomize(ResNetModel(ResNetConfig(embedding_size=6, hidden_sizes=[16, 20, 24], depths=[1, 2, 1])), 20)
    make("resnet_bottleneck", bottleneck, bottleneck, resnet_layers, odd)
    early = randomize(
        ResNetModel(
            ResNetConfig(
                embedding_size=6,
                hidden_sizes=[16, 20],
                depths=[2, 1],
                downsample_in_first_stage=True,
                downsample_in_bottleneck=True,
                hidden_act="gelu",
            )
        ),
        21,
    )
    make("resnet_early", early, early, resnet_layers, odd)


if __name__ == "__main__":
    main()
