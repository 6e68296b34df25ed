"""Writes tests/reference/folders/: what AutoTokenizer, transformers' models and
sentence-transformers make of folders whose files disagree, or say what few folders say.

    python tests/reference/make_folder_reference.py --models models

    tokenizers.json       small tokenizers, file by file: the ids of some texts, cut as the folder says, and
                          their segments
    states.safetensors    models/... that few folders are like, on the weights of tests/reference/encoders
    minilm_long.safetensors   sentence-transformers' embedding of a caption longer than all-MiniLM-L6-v2 takes

Needs sentence-transformers beside requirements.txt for the last.
"""

import argparse
import copy
import json
import pathlib
import tempfile

import torch
from make_encoder_reference import OUT as ENCODERS
from make_encoder_reference import TINY_WORDS, formula_pixels
from safetensors.torch import load_file, save_file
from transformers import (
    AutoTokenizer,
    BertModel,
    CLIPConfig,
    CLIPModel,
    CLIPTextConfig,
    CLIPTextModel,
    MPNetConfig,
    MPNetModel,
)

OUT = pathlib.Path(__file__).resolve().parent / "folders"
WORDS = [*TINY_WORDS, "Dog", "A", "dogs"]
TEXTS = [
    "a Dog <x> [MASK] <y>s A",
    "A dog runs.",
    "  <X>dogs <x> [mask]",
    "dog, dog, dog, dog, dog.",
    "<s> <mask> DOG",
    "",
]
LETTERS = "abcdefgiklnorstuD"


def token(content, **flags):
    return {
        "content": content,
        "lstrip": False,
        "normalized": False,
        "rstrip": False,
        "single_word": False,
        "special": False,
        **flags,
    }


def write(folder, files):
    for name, content in files.items():
        (folder / name).write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))


def tokenizer_json(files):
    """What transformers saves for a folder of vocabulary files."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        write(folder, files)
        return json.loads(AutoTokenizer.from_pretrained(folder).backend_tokenizer.to_str())


def case(name, family, files):
    files = {"config.json": {"model_type": family}, **files}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        write(folder, files)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        answers = [tokenizer(text, truncation=True) for text in TEXTS]
    limit = tokenizer.model_max_length
    return {
        "name": name,
        "family": family,
        "class": type(tokenizer).__name__,
        "files": files,
        "max_tokens": limit if limit < 10**9 else None,
        "texts": TEXTS,
        "ids": [answer["input_ids"] for answer in answers],
        "segments": [answer.get("token_type_ids", []) for answer in answers],
    }


def changed(document, change):
    document = copy.deepcopy(document)
    change(document)
    return document


def with_segments(document):
    for number, step in enumerate(document["post_processor"]["single"]):
        next(iter(step.values()))["type_id"] = (1, 0, 1)[number]


def word_piece_cases():
    vocabulary = {"vocab.txt": "\n".join(WORDS) + "\n"}
    plain = tokenizer_json({"config.json": {"model_type": "bert"}, **vocabulary})
    n = len(WORDS)
    decoder = {str(n): token("<x>", lstrip=True, normalized=True), str(n + 1): token("<y>", rstrip=True)}
    cased = changed(plain, lambda d: d["normalizer"].update(lowercase=False, handle_chinese_chars=False))
    raw_x = changed(plain, lambda d: d["added_tokens"].append({"id": n, **token("<x>")}))
    segments = changed(plain, with_segments)
    both = [("vocabulary", vocabulary), ("tokenizer.json", {"tokenizer.json": plain})]
    cases = []
    for name, files in both:
        for what, more in {
            "added_tokens.json": {"added_tokens.json": {"<y>": n + 1, "<x>": n}},
            "added_tokens_decoder": {"tokenizer_config.json": {"added_tokens_decoder": decoder}},
            "additional tokens": {
                "tokenizer_config.json": {
                    "additional_special_tokens": ["<x>", {"__type": "AddedToken", **token("<y>", normalized=True)}]
                }
            },
            "special_tokens_map.json": {
                "tokenizer_config.json": {"mask_token": "[MASK]"},
                "special_tokens_map.json": {
                    "mask_token": {**token("[MASK]", lstrip=True, normalized=True)},
                    "additional_special_tokens": ["<x>"],
                },
            },
            "model_max_length": {"tokenizer_config.json": {"model_max_length": 7}},
            "max_len": {"tokenizer_config.json": {"max_len": 5}},
            "no limit": {"tokenizer_config.json": {"model_max_length": 1000000000000000019884624838656}},
        }.items():
            cases.append(case(f"{what} with {name}", "bert", {**files, **more}))
    mask = {"4": token("[MASK]", normalized=True, special=True)}
    cases += [
        case(
            "flags of added_tokens_decoder for a special token",
            "bert",
            {**vocabulary, "tokenizer_config.json": {"added_tokens_decoder": mask}},
        ),
        case(
            "flags of added_tokens_decoder against tokenizer.json",
            "bert",
            {
                "tokenizer.json": raw_x,
                "tokenizer_config.json": {"added_tokens_decoder": {str(n): token("<x>", normalized=True)}},
            },
        ),
        case("a word of the vocabulary added", "bert", {**vocabulary, "added_tokens.json": {"dog": 6, "<x>": n}}),
        case("lowercase in tokenizer.json only", "bert", {"tokenizer.json": cased}),
        case(
            "lowercase against tokenizer_config.json",
            "bert",
            {"tokenizer.json": cased, "tokenizer_config.json": {"do_lower_case": True}},
        ),
        case(
            "lowercase off in both",
            "bert",
            {"tokenizer.json": cased, "tokenizer_config.json": {"do_lower_case": False}},
        ),
        case(
            "lowercase off in tokenizer_config.json only",
            "bert",
            {"tokenizer.json": plain, "tokenizer_config.json": {"do_lower_case": False}},
        ),
        case(
            "lowercase for PreTrainedTokenizerFast",
            "bert",
            {
                "tokenizer.json": cased,
                "tokenizer_config.json": {
                    "tokenizer_class": "PreTrainedTokenizerFast",
                    "pad_token": "[PAD]",
                    "do_lower_case": True,
                },
            },
        ),
        case(
            "class of config.json",
            "bert",
            {
                "config.json": {"model_type": "bert", "tokenizer_class": "PreTrainedTokenizerFast"},
                "tokenizer.json": cased,
                "tokenizer_config.json": {"pad_token": "[PAD]"},
            },
        ),
        case("segments", "bert", {"tokenizer.json": segments}),
        case(
            "segments of a DistilBertTokenizer",
            "bert",
            {"tokenizer.json": segments, "tokenizer_config.json": {"tokenizer_class": "DistilBertTokenizer"}},
        ),
        case(
            "segments left out",
            "bert",
            {
                "tokenizer.json": segments,
                "tokenizer_config.json": {"model_input_names": ["input_ids", "attention_mask"]},
            },
        ),
    ]
    return cases


def roberta_cases():
    tokens = [
        "<s>",
        "<pad>",
        "</s>",
        "<unk>",
        "<mask>",
        "\u0120",
        *LETTERS,
        "do",
        "dog",
        "ca",
        "ru",
        "\u0120do",
        "\u0120dog",
        ".",
        ",",
        "<",
        ">",
        "[",
        "]",
        "x",
        "y",
    ]
    merges = "#version: 0.2\nd o\ndo g\nc a\nr u\n\u0120 do\n\u0120do g\n"
    vocabulary = {"vocab.json": {word: i for i, word in enumerate(tokens)}, "merges.txt": merges}
    plain = tokenizer_json({"config.json": {"model_type": "roberta"}, **vocabulary})
    spaced = changed(plain, lambda d: d["pre_tokenizer"].update(add_prefix_space=True))
    empty = changed(plain, lambda d: d.update(normalizer={"type": "Sequence", "normalizers": []}))
    n = len(tokens)
    decoder = {str(n): token("<x>", rstrip=True), str(n + 1): token("<y>", normalized=True)}
    cases = [
        case("add_prefix_space in tokenizer.json only", "roberta", {"tokenizer.json": spaced}),
        case(
            "add_prefix_space in both",
            "roberta",
            {"tokenizer.json": spaced, "tokenizer_config.json": {"add_prefix_space": True}},
        ),
        case(
            "add_prefix_space in tokenizer_config.json only",
            "roberta",
            {"tokenizer.json": plain, "tokenizer_config.json": {"add_prefix_space": True}},
        ),
        case(
            "add_prefix_space for PreTrainedTokenizerFast",
            "roberta",
            {
                "tokenizer.json": spaced,
                "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>"},
            },
        ),
        case("an empty Sequence for a normalizer", "roberta", {"tokenizer.json": empty}),
    ]
    for name, files in (("vocabulary", vocabulary), ("tokenizer.json", {"tokenizer.json": plain})):
        cases.append(
            case(
                f"added tokens of RoBERTa with {name}",
                "roberta",
                {**files, "tokenizer_config.json": {"added_tokens_decoder": decoder, "model_max_length": 6}},
            )
        )
    return cases


def states_of_bert():
    """tiny_bert with a tokenizer that puts its special tokens into the second segment."""
    folder = ENCODERS / "tiny_bert"
    document = changed(
        tokenizer_json({"config.json": {"model_type": "bert"}, "vocab.txt": (folder / "vocab.txt").read_text()}),
        with_segments,
    )
    with tempfile.TemporaryDirectory() as scratch:
        copied = pathlib.Path(scratch)
        write(copied, {"config.json": (folder / "config.json").read_text(), "tokenizer.json": document})
        tokenizer = AutoTokenizer.from_pretrained(copied)
    model = BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    batch = tokenizer(["a dog runs", "red ball, blue ball", ""], padding=True, return_tensors="pt")
    assert batch["token_type_ids"].max() == 1
    hidden = torch.stack(model(**batch, output_hidden_states=True).hidden_states)
    write(OUT, {"segments.json": document})
    return {"bert_ids": batch["input_ids"], "bert_mask": batch["attention_mask"].to(torch.uint8), "bert_hidden": hidden}


def states_of_mpnet():
    """40 rows for the bias by distance, of which transformers looks at 32."""
    config = MPNetConfig.from_pretrained(ENCODERS / "tiny_mpnet", relative_attention_num_buckets=40)
    weights = load_file(ENCODERS / "tiny_mpnet" / "model.safetensors")
    bias = weights["encoder.relative_attention_bias.weight"]
    weights["encoder.relative_attention_bias.weight"] = torch.cat([bias, torch.full((8, bias.shape[1]), 3.0)])
    model = MPNetModel(config, add_pooling_layer=False).eval()
    model.load_state_dict(weights, strict=False)
    ids = torch.arange(120)[None] % (config.vocab_size - 5) + 5
    return {"mpnet_ids": ids, "mpnet_last": model(input_ids=ids).last_hidden_state[0, ::8].clone()}


def pooled_of_clip():
    """End tokens within captions; the largest id where the configuration is one of the first CLIPs'."""
    text = json.loads((ENCODERS / "tiny_clip" / "config.json").read_text())["text_config"]
    weights = {
        name: weight
        for name, weight in load_file(ENCODERS / "tiny_clip" / "model.safetensors").items()
        if name.startswith("text_model.")
    }
    ids = torch.tensor([[36, 5, 37, 9, 7, 37], [36, 6, 8, 11, 12, 37], [36, 37, 37, 37, 5, 37]])
    states = {"clip_ids": ids}
    for name, end in (("clip_first_end", 37), ("clip_largest_id", 2), ("clip_other_end", 9)):
        model = CLIPTextModel(CLIPTextConfig(**{**text, "eos_token_id": end})).eval()
        model.load_state_dict(weights)
        states[name] = model(input_ids=ids).pooler_output.clone()
    return states


def states_of_clip_vision():
    """vision_config_dict beside a vision_config that says otherwise, and the same of the text half."""
    config = json.loads((ENCODERS / "tiny_clip_both_halves" / "config.json").read_text())
    vision, text = config["vision_config"], config["text_config"]
    config["vision_config_dict"] = {
        key: vision[key]
        for key in (
            "hidden_size",
            "image_size",
            "intermediate_size",
            "num_attention_heads",
            "num_hidden_layers",
            "patch_size",
        )
    }
    config["vision_config"] = {**vision, "num_attention_heads": 1, "layer_norm_eps": 0.5, "hidden_act": "relu"}
    config["text_config_dict"] = dict(text, num_attention_heads=1)
    model = CLIPModel(CLIPConfig(**config)).eval()
    assert model.config.text_config.num_attention_heads == 1 and model.config.vision_config.layer_norm_eps == 1e-5
    model.load_state_dict(load_file(ENCODERS / "tiny_clip_both_halves" / "model.safetensors"))
    write(OUT, {"clip_twice.json": json.dumps(config, indent=1)})
    answer = model.vision_model(formula_pixels(2, 16, 16))
    ids = torch.tensor([[1, 3, 2, 4]])
    return {
        "clip_vision_pooled": answer.pooler_output.clone(),
        "clip_vision_patches": answer.last_hidden_state[:, 1::5].clone(),
        "clip_text_ids": ids,
        "clip_text_last": model.text_model(ids).last_hidden_state.clone(),
    }


LONG_CAPTION = " ".join(
    f"{colour} {animal} number {number},"
    for number in range(40)
    for colour, animal in (("red", "dog"), ("blue", "horse"))
)


def make_minilm(models):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(models / "all-MiniLM-L6-v2"), device="cpu")
    assert model.max_seq_length == 256 and len(model.tokenizer(LONG_CAPTION)["input_ids"]) > 400
    embedding = torch.from_numpy(model.encode([LONG_CAPTION]))
    save_file({"embedding": embedding}, OUT / "minilm_long.safetensors", metadata={"caption": LONG_CAPTION})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=pathlib.Path, required=True, help="what scripts/install_models.py leaves")
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    cases = word_piece_cases() + roberta_cases()
    (OUT / "tokenizers.json").write_text(
        "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    )
    with torch.inference_mode():
        states = {**states_of_bert(), **states_of_mpnet(), **pooled_of_clip(), **states_of_clip_vision()}
        save_file({name: tensor.contiguous() for name, tensor in states.items()}, OUT / "states.safetensors")
        make_minilm(arguments.models)


if __name__ == "__main__":
    main()
