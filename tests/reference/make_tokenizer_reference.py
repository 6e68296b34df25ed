"""Writes tests/reference/tokenizer/: what Hugging Face's BERT tokenizer answers, for
word_piece_test.cpp to compare with.

    python tests/reference/make_tokenizer_reference.py --model models/all-MiniLM-L6-v2 --flickr8k DIR

    hard_corpus.json          texts and their ids, all of them
    truncation.json           one text cut to several lengths
    invalid_utf8.json         bytes, and the ids of the text Python's errors="replace" makes of them
    flickr8k_digests.json     one digest per 1,000 captions, in the order of the token file
    code_point_digests.json   one digest per 4,096 code points, each alone and inside a word
    fuzz_digests.json         one digest per 1,000 texts drawn by a small generator that the C++ test has too

A digest is FNV-1a with 64-bit words: starting from 14695981039346656037, each word w makes it
(digest ^ w) * 1099511628211 modulo 2^64. Ids of a text are folded as their count, then each id.
Pieces (what normalizer and pre-tokenizer make of a text, before any vocabulary could hide a
difference behind [UNK]) as their count, then each piece's length and code points.
"""

import argparse
import itertools
import json
import pathlib

from tokenizers import normalizers, pre_tokenizers
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).resolve().parent / "tokenizer"
MAX_TOKENS = 512

NORMALIZERS = {  # the C++ test has the same three
    "uncased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
    "cased": dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=False),
    "lower_keeping_accents": dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True),
}


class Digest:
    def __init__(self):
        self.value = 14695981039346656037

    def fold(self, *words):
        for word in words:
            self.value = ((self.value ^ word) * 1099511628211) & 0xFFFFFFFFFFFFFFFF

    def fold_ids(self, ids):
        self.fold(len(ids), *ids)

    def fold_pieces(self, pieces):
        self.fold(len(pieces))
        for piece in pieces:
            self.fold(len(piece), *map(ord, piece))

    def text(self):
        return f"{self.value:016x}"


def splitter(options):
    normalize = normalizers.BertNormalizer(**options).normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    return lambda text: [piece for piece, _ in split(normalize(text))]


HARD_TEXTS = [
    "",
    " ",
    "\t\n\r",
    "a",
    "A dog runs.",
    "  two   spaces  ",
    "don't stop-believing (ever)!",
    "e-mail: a.b@c.de, 50% off; #1",
    "caf\u00e9 cafe\u0301 CAF\u00c9 \u00c5ngstr\u00f6m \u212bngstr\u00f6m",
    "na\u00efve fa\u00e7ade \u00fcber \u0130stanbul \u0131\u015f\u0131k I\u0307",
    "Stra\u00dfe STRA\u1e9eE gro\u00df",
    "\ufb01ne \ufb02ow \ufb03 \ufb04 \u0132 \u01c4 \u00c6sop \u0152uvre",
    "\u1e9b\u0323 \u0344 \u0340\u0341",
    "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3 \u1f88 \u1ffc \u1fb3",
    "\u041c\u043e\u0441\u043a\u0432\u0430 \u0439\u043e\u0433\u0430 \u0401\u043b\u043a\u0430 \u0407\u0436\u0430\u043a",
    "\u6771\u4eac\u90fd is \u4e2d\u6587 mixed\u6df7with\u5408words",
    "\u3042\u3044\u3046\u3048\u304a \u30ab\u30bf\u30ab\u30ca \u304c \u304b\u3099 \uff76\uff9e",
    "\ud55c\uad6d\uc5b4 \ud55c\uae00 \u1112\u1161\u11ab",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 "
    "\u0651\u064e\u0627\u0644\u0644\u0651\u0670\u0647",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e \u0915\u093c \u0958",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0e19\u0e49\u0e33",
    "\u0ba4\u0bae\u0bbf\u0bb4\u0bcd \u0bca \u0bc6\u0bbe",
    "\u10db\u10d0\u10ea\u10d4 \u10a0 \u1c90 \u13a0 \uab70",
    "\u0f40\u0f71\u0f72 \u0f73 \u0f75 \u0f81",
    "\U00011938 \U00011935\U00011930",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea "
    "\u2764\ufe0f \U0001f44d\U0001f3fd a\U0001f436b",
    "zero\u200bwidth\u200djoin\ufeffbom\u00adhyphen",
    "left\u202eright\u202c\u2066iso\u2069",
    "nbsp\u00a0thin\u2009ideographic\u3000ogham\u1680line\u2028para\u2029nel\u0085vt\u000bff\u000cend",
    "null\u0000bell\u0007del\u007fc1\u0080\u009f",
    "\ufffd\ufffe\uffff \ufdd0 \U0010ffff",
    "a\u0301\u0323 a\u0323\u0301 \u0301start \u1dce\u0334\u0345",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ea\u0306\u0310\u0357l\u0308\u030ag\u033eo\u0310",
    "\U0001d165\U0001d16e\u0334 \U00016af0\U0001d15f",
    "\uff28\uff25\uff2c\uff2c\uff2f \uff11\uff12\uff13 \u2460 \u00bd \u2167 \u00b2 \u2126 \u212a",
    "\u00a1hola! \u00bfqu\u00e9? \u00abguillemets\u00bb \u201cquotes\u201d "
    "\u2018s\u2019 \u2013 \u2014 \u2026 \u2022 \u203b",
    "\u3001\u3002\u300c\u300d\uff01\uff1f\u30fb\u30fc \u060c\u061f \u0964 \u055a \u1801 \u2e3a \u2e42 \u2e52",
    "$ + < = > ^ ` | ~ \u00a2 \u00a3 \u20ac \u00a9 \u00ae \u2122 \u00b0 \u00b1 \u00d7 \u00f7 \u2190 \u221e \u2588",
    "[SEP]",
    "a dog [SEP] a cat",
    "[CLS][SEP][MASK][PAD][UNK]",
    "x[MASK]y",
    "[sep] [Sep] [ SEP ] [SEP",
    "[[SEP]] [SE[SEP]P]",
    "\u00c5[SEP]\u0301 \u4e2d[MASK]\u6587",
    "##ing ## #run un##able",
    "unaffable unbelievableness antidisestablishmentarianism",
    "x" * 99,
    "x" * 100,
    "x" * 101,
    "\u00e9" * 100,
    "e\u0301" * 100,
    "\u00e9" * 101,
    "\u4e2d" * 120,
    "supercalifragilistic" * 6,
    "word " * 600,
    ("long-" * 40 + " ") * 3,
    "1234567890" * 11,
    "." * 130,
    "a\u0300" * 300,
    "http://www.example.com/a?b=c&d=%20#x_y",
    "C++20 C# F\u266f .NET 3.14 1,000 10:30 a/b\\c",
    "\u0131 \u0130 \u0130I \u01c5 \u1e9e \u0390 \u1fd3 \ua7ae \u2c2f \U00010400 "
    "\U0001e900 \ua7c2 \ua7f5 \ua7dc \ua7cb \U00010d50 \U00016ea0 \u1c89",
    "\u0898x\u08d0 \u0b55 \u0c3c \u0c04 \u0d00 \u0eba \u1734 \u1abf \u1ac1 \u1df6 \u20f0 "
    "\ua9bd \U00010efd \U0001133b \U0001e08f \U0001e4ec",
    "\u061d \u09fd \u0a76 \u0c77 \u0c84 \u166d \u1b7d \u2e4f \u2e5d "
    "\U00010ead \U00010f86 \U00011145 \U0001171a? \U000119e2 \U00011fff \U00012ff1 \U00016e97",
    "\u0600\u06dd\u070f\u180e\u2061\U000110bd\U000110cd\U0001bca0\U000e0041\ue000\U000f0000",
    "mixed \u0410BC \u0391\u0392C \u5b57abc\u0414\u0435\u0444\ud55c\U0001f600",
    "\u0627\u0644\u0643\u062a\u0627\u0628 book \u05e1\u05e4\u05e8 \u672c",
    "trailing space ",
    " leading",
    "tab\tand\nnewline",
    "UPPER lower MiXeD",
    "\u02bb\u02bc\u2032 rock'n'roll O\u2019Neill",
    "<b>bold</b> &amp; &#39;",
    '{"json": [1, 2.5e-3, null]}',
    "\\u0041 \\n",
    "a_b__c ~~~ ***",
    "\u1100\u1161\u11a8\uac01\uac00\u11a8",
    "\u0d4a \u0d46\u0d3e \u0dda \u0dd9\u0dca \u1025\u102e \u1b05\u1b35 \U0001109a \U0001112e",
    "\u2adc \u2f00 \u2f800 \U0002f800 \uf900 \ufa0e \U00020000 \U0002ceb0 \U00030000 \u3400 \u31c0 \u3007",
]

TRUNCATED_TEXT = "A brown dog and a black dog are unbelievably happy running through the snow [SEP] caf\u00e9."

INVALID_UTF8 = [
    b"\xff",
    b"a\x80b",
    b"caf\xe9 au lait",
    b"\xc3",
    b"\xc3(",
    b"\xe2\x82",
    b"\xe2\x82x",
    b"\xf0\x9f\x98",
    b"\xf0\x9f\x98x",
    b"\xc0\xaf",
    b"\xe0\x80\xaf",
    b"\xed\xa0\x80",
    b"\xed\xa0\xbd\xed\xb8\x80",
    b"\xf4\x90\x80\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\xfe\xff",
    b"a\xf0\x80\x80b\xc3\xa9",
    b"\x80\x80dog\xbf",
    b"\xe4\xb8\xe4\xb8\xad",
]

# Pools of the generator below, (first, last); the C++ test has the same.
POOLS = [
    (0x20, 0x7E),
    (0x41, 0x5A),
    (0x00, 0x2FF),
    (0x300, 0x36F),
    (0x370, 0x52F),
    (0x591, 0x6ED),
    (0x900, 0xDFF),
    (0xE00, 0x11FF),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1FFF),
    (0x2000, 0x2BFF),
    (0x2E00, 0x30FF),
    (0x4E00, 0x4EFF),
    (0xA640, 0xABFF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFFFF),
    (0x10000, 0x12FFF),
    (0x16000, 0x16FFF),
    (0x1D100, 0x1D24F),
    (0x1E000, 0x1E9FF),
    (0x1F000, 0x1FAFF),
    (0x20D0, 0x20F0),
]
FUZZ_TEXTS = 20000


def make_draw():
    state = 1

    def draw(below):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (state >> 33) % below

    return draw


def fuzz_texts(count=FUZZ_TEXTS):
    draw = make_draw()
    for _ in range(count):
        pools = [POOLS[draw(len(POOLS))] for _ in range(3)]
        text = ""
        for _ in range(draw(40)):
            first, last = pools[draw(3)]
            text += chr(first + draw(last - first + 1))
        yield text


def digests_of(groups, fold):
    digests = []
    for group in groups:
        digest = Digest()
        for item in group:
            fold(digest, item)
        digests.append(digest.text())
    return digests


def batched(items, size):
    items = iter(items)
    while group := list(itertools.islice(items, size)):
        yield group


def code_point_texts(block):
    for c in range(block * 4096, (block + 1) * 4096):
        if not 0xD800 <= c < 0xE000:
            yield chr(c)
            yield "a" + chr(c) + "b"


def write(name, document):
    (OUT / name).write_text(json.dumps(document, indent=0, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=pathlib.Path, required=True, help="all-MiniLM-L6-v2")
    parser.add_argument("--flickr8k", type=pathlib.Path, required=True, help="the folder with Flickr8k.token.txt")
    arguments = parser.parse_args()
    OUT.mkdir(exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model, use_fast=True)
    assert tokenizer.is_fast

    def ids(text, max_tokens=MAX_TOKENS):
        return tokenizer(text, truncation=True, max_length=max_tokens)["input_ids"]

    def fold_ids(digest, text):
        digest.fold_ids(ids(text))

    write("hard_corpus.json", [{"text": text, "ids": ids(text)} for text in HARD_TEXTS])
    write(
        "truncation.json",
        [
            {"text": TRUNCATED_TEXT, "max_tokens": n, "ids": ids(TRUNCATED_TEXT, n)}
            for n in (2, 3, 4, 8, 20, 21, 22, 23, 40)
        ],
    )
    write(
        "invalid_utf8.json",
        [
            {"hex": raw.hex(), "text": raw.decode(errors="replace"), "ids": ids(raw.decode(errors="replace"))}
            for raw in INVALID_UTF8
        ],
    )

    lines = (arguments.flickr8k / "Flickr8k.token.txt").read_text(encoding="utf-8").split("\n")
    captions = [line.split("\t", 1)[1] for line in lines if line]
    write("flickr8k_digests.json", digests_of(batched(captions, 1000), fold_ids))

    blocks = [list(code_point_texts(block)) for block in range(0x110000 // 4096)]
    code_points = {"ids": digests_of(blocks, fold_ids)}
    fuzz = {"ids": digests_of(batched(fuzz_texts(), 1000), fold_ids)}
    for name, options in NORMALIZERS.items():
        split = splitter(options)
        code_points[name] = digests_of(blocks, lambda digest, text: digest.fold_pieces(split(text)))
        fuzz[name] = digests_of(batched(fuzz_texts(), 1000), lambda digest, text: digest.fold_pieces(split(text)))
    write("code_point_digests.json", code_points)
    write("fuzz_digests.json", fuzz)


if __name__ == "__main__":
    main()
