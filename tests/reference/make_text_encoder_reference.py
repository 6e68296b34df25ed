"""Writes small random text encoders to tests/reference/encoders/, and what transformers answers for them.

python tests/reference/make_text_encoder_reference.py

tiny_FAMILY/          config.json, model.safetensors and the tokenizer's files, for roberta, distilbert, mpnet, clip
tiny_FAMILY_states.safetensors
    ids, mask         [B, T], rows of several lengths
    hidden            [layers + 1, B, T, D], the last after CLIP's final norm
    pooled            [B, D] (clip), transformers' pooler_output
"""

import json

import torch
from make_encoder_reference import OUT, TINY_WORDS, write_json
from safetensors.torch import save_file
from transformers import (
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    DistilBertConfig,
    DistilBertModel,
    MPNetConfig,
    MPNetModel,
    RobertaConfig,
    RobertaModel,
)

SIZES = dict(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40)
LETTERS = "abcdefgiklnorstu"


def randomise(model, seed):
    """Wide enough that activations, softmax and norms all leave their linear regions."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            norm = "norm" in name.lower() and name.endswith(".weight")
            weight.copy_(torch.randn_like(weight) * 0.3 + (1.0 if norm else 0.0))
    return model.eval()


def write_folder(family, model, config):
    folder = OUT / f"tiny_{family}"
    folder.mkdir(exist_ok=True)
    save_file({name: weight.contiguous() for name, weight in model.named_parameters()}, folder / "model.safetensors")
    write_json(folder / "config.json", config)
    return folder


def write_states(family, model, ids, mask):
    with torch.inference_mode():
        answer = model(input_ids=ids, attention_mask=mask.long(), output_hidden_states=True)
    hidden = torch.stack([*answer.hidden_states[:-1], answer.last_hidden_state])
    pooled = {"pooled": answer.pooler_output.clone()} if family == "clip" else {}
    save_file(
        {"ids": ids, "mask": mask.to(torch.uint8), "hidden": hidden.clone(), **pooled},
        OUT / f"tiny_{family}_states.safetensors",
    )


def rows(lengths, begin, end, pad, vocabulary, seed):
    """Random ids with the special tokens around."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.full((len(lengths), max(lengths)), pad)
    mask = torch.zeros_like(ids, dtype=torch.bool)
    for row, length in enumerate(lengths):
        ids[row, 0], ids[row, length - 1], mask[row, :length] = begin, end, True
        ids[row, 1 : length - 1] = torch.randint(5, vocabulary - 2, (length - 2,), generator=generator)
    return ids, mask


def write_bpe(folder, tokens, merges):
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}) + "\n")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{merge}\n" for merge in merges))


def make_roberta():
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "\u0120", *LETTERS, "do", "dog", "ca", "ru"]
    config = RobertaConfig(
        **SIZES,
        vocab_size=len(tokens),
        max_position_embeddings=20,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        hidden_act="gelu_new",
    )
    model = randomise(RobertaModel(config, add_pooling_layer=False), 3)
    folder = write_folder("roberta", model, {"model_type": "roberta", **config.to_diff_dict()})
    write_bpe(folder, tokens, ["d o", "do g", "c a", "r u"])
    ids, mask = rows([18, 7, 2], 0, 2, 1, len(tokens), 3)
    ids[0, 5] = 1  # the padding token within a text takes no position
    write_states("roberta", model, ids, mask)


def make_distilbert():
    config = DistilBertConfig(
        vocab_size=len(TINY_WORDS),
        dim=24,
        n_layers=2,
        n_heads=3,
        hidden_dim=40,
        max_position_embeddings=16,
        activation="relu",
    )
    model = randomise(DistilBertModel(config), 4)
    folder = write_folder("distilbert", model, {"model_type": "distilbert", **config.to_diff_dict()})
    (folder / "vocab.txt").write_text("\n".join(TINY_WORDS) + "\n")
    write_states("distilbert", model, *rows([16, 9, 2], 2, 3, 0, len(TINY_WORDS), 4))


def make_mpnet():
    words = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>", *TINY_WORDS[5:]]
    config = MPNetConfig(
        **SIZES,
        vocab_size=len(words),
        max_position_embeddings=200,
        layer_norm_eps=1e-5,
        relative_attention_num_buckets=32,
    )
    model = randomise(MPNetModel(config, add_pooling_layer=False), 5)
    folder = write_folder("mpnet", model, {"model_type": "mpnet", **config.to_diff_dict()})
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    write_states("mpnet", model, *rows([150, 30], 0, 2, 1, len(words), 5))


def make_clip():
    tokens = [
        *LETTERS,
        *(letter + "</w>" for letter in LETTERS),
        "do",
        "dog</w>",
        "ca",
        "ru",
        "<|startoftext|>",
        "<|endoftext|>",
    ]
    text = dict(
        SIZES,
        vocab_size=len(tokens),
        max_position_embeddings=12,
        bos_token_id=len(tokens) - 2,
        eos_token_id=len(tokens) - 1,
        pad_token_id=len(tokens) - 1,
    )
    config = CLIPConfig(
        text_config=text,
        vision_config=dict(
            hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2, image_size=8, patch_size=4
        ),
        projection_dim=6,
    )
    model = randomise(CLIPModel(config), 6)
    folder = write_folder("clip", model, {"model_type": "clip", **config.to_diff_dict()})
    write_bpe(folder, tokens, ["d o", "do g</w>", "c a", "r u"])
    tower = CLIPTextModel(CLIPTextConfig(**text)).eval()
    tower.load_state_dict(
        {name: weight for name, weight in model.state_dict().items() if name.startswith("text_model.")}
    )
    write_states("clip", tower, *rows([12, 6, 2], len(tokens) - 2, len(tokens) - 1, len(tokens) - 1, len(tokens), 6))


if __name__ == "__main__":
    make_roberta()
    make_distilbert()
    make_mpnet()
    make_clip()
