"""Writes tests/reference/tokenizer/{roberta,clip,mpnet}/: small tokenizers trained here, and what
Hugging Face answers for them.

    python tests/reference/make_bpe_reference.py --flickr8k DIR

    tokenizer.json, vocab.txt   the tokenizer: byte-level BPE as RoBERTa has it, CLIP's, WordPiece with
                                MPNet's special tokens
    hard.json                   a digest for every text of hard_corpus.json and more_texts.json, by `tokenizers`
    files.json                  the same where transformers is given the vocabulary files in place of tokenizer.json
    prefix_space.json           (roberta) the same with add_prefix_space
    ends_apart.json             (clip) digests of 20,000 drawn texts where the regular expression has the end
                                tokens in front
    truncation.json             one text cut to several lengths
    digests.json                one digest per 1,000 texts (per 4,096 code points) of several kinds of texts

more_texts.json: texts for all three. unknown.json: byte-level BPE whose vocabulary has not every
byte, with what it answers.

They are trained on the names of Unicode's characters, the licence in the repository's root and the
drawn texts below, where there is no tokenizer.json yet: training breaks ties as it likes, so one
that is there is kept. Digests and texts are those of make_tokenizer_reference.py, with three kinds
more; the C++ tests draw the same.
"""

import argparse
import json
import pathlib
import tempfile
import unicodedata

from make_tokenizer_reference import (
    HARD_TEXTS,
    OUT,
    TRUNCATED_TEXT,
    batched,
    code_point_texts,
    digests_of,
    fuzz_texts,
    make_draw,
)
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPTokenizerFast, MPNetTokenizerFast, RobertaTokenizerFast

ROOT = pathlib.Path(__file__).resolve().parents[2]
MERGES = 1800
MORE_TEXTS = [
    "<s>",
    "</s> <s>a",
    "a  <mask>b",
    "a<mask> b <MASK>",
    "<pad><unk>",
    "<|startoftext|>a<|endoftext|>",
    "a <|ENDOFTEXT|> b",
    "'s 't 're 've 'm 'll 'd",
    "it's they're I'VE we'll'd",
    "' s 'S ''s '",
    "a  b   c    ",
    "\n\n a\n",
    " \u00a0 x\u3000\u3000y",
    "12345 1a2b3",
    "\u00bd\u2167\u0663 x\u00b2",
    "!!!??? ...a",
    "word" * 40,
    "\u00e9" * 60,
    "1" * 40,
    "!?" * 40,
    " " * 30 + "x",
    "\u1e9b\u0323 \u0344 \u212b \uac00\u11a8 \u1100\u1161\u11a8 \u0958",
    "\u03a3\u0399\u03a3\u03a5\u03a6\u039f\u03a3",
    "[UNK] [SEP]",
    "<",
    "<s",
    "<s><s>",
]
# Of these the third kind of texts is made; the C++ test has the same.
PARTICLES = [
    "'s",
    "'re",
    "'",
    "'LL",
    "\u2019",
    "a",
    "S",
    "t",
    "the",
    "dog",
    "1",
    "23",
    " ",
    "  ",
    "\n",
    "\u00a0",
    "!",
    "...",
    "<s>",
    "</s>",
    "<mask>",
    " <mask>",
    "<pad>",
    "[UNK]",
    "<|endoftext|>",
    "<|STARTofTEXT|>",
    "\u00c9",
    "e\u0301",
    "\u0130",
    "\u00df",
    "\u4e2d",
    "\U0001f436",
    "##s",
    "<",
]


def particle_texts(count):
    draw = make_draw()
    for _ in range(count):
        yield "".join(PARTICLES[draw(len(PARTICLES))] for _ in range(draw(16)))


def byte_texts(count):
    """Random bytes, ASCII letters and lead bytes among them more often than not."""
    draw = make_draw()
    for _ in range(count):
        raw = bytes(
            draw(256) if draw(2) else (0x61 + draw(26) if draw(2) else 0xC2 + draw(0x33)) for _ in range(draw(40))
        )
        yield raw.decode(errors="replace")


def long_texts(count):
    """One word after the other grows to thousands of characters."""
    draw = make_draw()
    for _ in range(count):
        letters = 1 + draw(6)
        first = (0x61, 0x30, 0x21, 0xE0, 0x430, 0x4E00, 0x1F600)[draw(7)]
        yield "".join(chr(first + draw(letters)) for _ in range(draw(8000)))


def training_texts():
    yield from (unicodedata.name(chr(c), "").lower() for c in range(0x3000))
    yield from (ROOT / "LICENSE").read_text().split("\n") * 3
    for text in HARD_TEXTS:
        yield from [text] * 5
    yield from fuzz_texts(2000)


def write(path, document):
    path.write_text(json.dumps(document, indent=0, separators=(",", ":")) + "\n")


def kept_model(name):
    path = OUT / name / "tokenizer.json"
    return json.loads(path.read_text())["model"] if path.exists() else None


def train_roberta():
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trained.train_from_iterator(
        training_texts(),
        trainers.BpeTrainer(
            vocab_size=256 + len(specials) + MERGES,
            special_tokens=specials,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return json.loads(trained.to_str())["model"]


def make_roberta(folder):
    write_vocabulary(folder, kept_model("roberta") or train_roberta())
    return RobertaTokenizerFast.from_pretrained(folder)  # finds the vocabulary files only


def train_clip():
    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    trained.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    trained.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(
                Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True
            ),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    trained.train_from_iterator(
        training_texts(),
        trainers.BpeTrainer(
            vocab_size=512 + MERGES,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            end_of_word_suffix="</w>",
            show_progress=False,
        ),
    )
    merges = json.loads(trained.to_str())["model"]["merges"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = alphabet + [letter + "</w>" for letter in alphabet] + ["".join(merge) for merge in merges]
    tokens = list(dict.fromkeys(tokens)) + ["<|startoftext|>", "<|endoftext|>"]
    return {"vocab": {token: i for i, token in enumerate(tokens)}, "merges": merges}


def make_clip(folder):
    write_vocabulary(folder, kept_model("clip") or train_clip())
    return CLIPTokenizerFast.from_pretrained(folder)


def train_mpnet():
    specials = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer = normalizers.BertNormalizer()
    trained.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trained.train_from_iterator(
        training_texts(),
        trainers.WordPieceTrainer(vocab_size=1500, limit_alphabet=150, special_tokens=specials, show_progress=False),
    )
    return json.loads(trained.to_str())["model"]


def make_mpnet(folder):
    vocabulary = (kept_model("mpnet") or train_mpnet())["vocab"]
    (folder / "vocab.txt").write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n")
    return MPNetTokenizerFast.from_pretrained(folder)


def write_vocabulary(folder, model):
    (folder / "vocab.json").write_text(json.dumps(model["vocab"]))
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in model["merges"])
    )


def fold_ids(digest, ids):
    digest.fold_ids(ids)


def make_references(name, fast, captions):
    """`fast` was made from vocabulary files. Its tokenizer.json, with the added tokens' flags of
    the well-known models, is kept."""
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    hard = HARD_TEXTS + MORE_TEXTS
    write(folder / "files.json", digests_of([[fast(text)["input_ids"]] for text in hard], fold_ids))
    document = json.loads(fast.backend_tokenizer.to_str())
    if name != "clip":
        for token in document["added_tokens"]:
            token["normalized"] = False
    (folder / "tokenizer.json").write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n")
    tokenizer = Tokenizer.from_str(json.dumps(document))
    tokenizer.no_truncation()

    def all_ids(batch):
        return [encoding.ids for encoding in tokenizer.encode_batch(batch)]

    def digests(groups):
        return digests_of(map(all_ids, groups), fold_ids)

    write(folder / "hard.json", digests([text] for text in hard))
    write(
        folder / "digests.json",
        {
            "code_points": digests(list(code_point_texts(block)) for block in range(0x110000 // 4096)),
            "fuzz": digests(batched(fuzz_texts(100000), 1000)),
            "bytes": digests(batched(byte_texts(50000), 1000)),
            "particles": digests(batched(particle_texts(50000), 1000)),
            "long": digests(batched(long_texts(200), 20)),
            "flickr8k": digests(batched(captions, 1000)),
        },
    )
    truncation = []
    for n in (2, 3, 4, 8, 20, 40, 60):
        tokenizer.enable_truncation(n)
        truncation.append({"max_tokens": n, "ids": tokenizer.encode(TRUNCATED_TEXT).ids})
    write(folder / "truncation.json", {"text": TRUNCATED_TEXT, "cut": truncation})
    if name == "roberta":
        document["pre_tokenizer"]["add_prefix_space"] = True
        tokenizer = Tokenizer.from_str(json.dumps(document))
        write(folder / "prefix_space.json", digests([text] for text in hard))
    if name == "clip":
        for token in document["added_tokens"]:
            token["normalized"] = False
        pattern = document["pre_tokenizer"]["pretokenizers"][0]["pattern"]
        pattern["Regex"] = r"<\|startoftext\|>|<\|endoftext\|>|" + pattern["Regex"]
        tokenizer = Tokenizer.from_str(json.dumps(document))
        write(folder / "ends_apart.json", digests(batched(particle_texts(20000), 1000)))


def make_unknown():
    """Three tokenizers with the letters a and b only, and how they see others."""
    cases = []
    for unknown, fuse in ((None, False), ("<unk>", False), ("<unk>", True)):
        tokenizer = Tokenizer(
            models.BPE(
                vocab={"<s>": 0, "</s>": 1, "<unk>": 2, "a": 3, "b": 4, "ab": 5, "abab": 6, "<pad>": 7},
                merges=[("a", "b"), ("ab", "ab")],
                unk_token=unknown,
                fuse_unk=fuse,
            )
        )
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0), add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        texts = ["abab", "abcab", "acccb", "ab ab", "\u00e9a\u00e9", "", "c", "abxabab"]
        cases.append(
            {
                "tokenizer": json.loads(tokenizer.to_str()),
                "texts": texts,
                "ids": [tokenizer.encode(text).ids for text in texts],
            }
        )
    write(OUT / "unknown.json", cases)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--flickr8k", type=pathlib.Path, required=True, help="the folder with Flickr8k.token.txt")
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    lines = (arguments.flickr8k / "Flickr8k.token.txt").read_text(encoding="utf-8").split("\n")
    captions = [line.split("\t", 1)[1] for line in lines if line]
    write(OUT / "more_texts.json", MORE_TEXTS)
    make_unknown()
    for name, make in (("roberta", make_roberta), ("clip", make_clip), ("mpnet", make_mpnet)):
        with tempfile.TemporaryDirectory() as scratch:
            make_references(name, make(pathlib.Path(scratch)), captions)
            if name == "mpnet":
                (OUT / name / "vocab.txt").write_bytes((pathlib.Path(scratch) / "vocab.txt").read_bytes())


if __name__ == "__main__":
    main()
