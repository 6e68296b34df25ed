"""Writes tandem/tokenizers/bert_unicode_tables.inc and byte_level_tables.inc: what Hugging Face
`tokenizers` knows of Unicode.

    python tests/reference/make_unicode_tables.py        (with the environment of tests/reference/requirements.txt)

The Rust crates behind it carry Unicode tables of several ages, none of them utf8proc's, so a
tokenizer that is to agree on every code point needs theirs. They are read off `tokenizers` itself,
by asking it about each code point:

    dropped       what clean_text removes (controls, formats, private use, U+FFFD)
    white         what splits words: Rust's char::is_whitespace
    punctuation   what BertPreTokenizer sets apart
    marks         what strip_accents removes from a decomposed text (category Mn)
    decomposing   what NFD takes apart, Hangul aside; how, utf8proc knows, since decompositions never change
    classes       canonical combining classes other than 0, which NFD sorts by
    lower cases   lower-case forms that utf8proc 2.8 does not know or maps otherwise
    letters, numbers   \\p{L} and \\p{N} of the regular expressions that split text for byte-level BPE; \\s is "white"
"""

import ctypes
import pathlib
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tandem" / "tokenizers"
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xD7A4)

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
clean = normalizers.BertNormalizer(**{**OFF, "clean_text": True}).normalize_str
strip = normalizers.BertNormalizer(**{**OFF, "strip_accents": True}).normalize_str
lower = normalizers.BertNormalizer(**{**OFF, "lowercase": True}).normalize_str
decompose = normalizers.NFD().normalize_str
split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str


def pieces(c):
    return [text for text, _ in split("a" + chr(c) + "b")]


def matching(pattern):
    erase = normalizers.Replace(Regex(pattern), "").normalize_str
    return [c for c in CODE_POINTS if erase(chr(c)) == ""]


def combining_classes(decomposing):
    """{code point: class}, found by which known marks a code point changes places with."""
    lowest, highest = "\u0334", "\u0345"  # classes 1 and 240

    def swaps(first, second):
        return decompose(first + second) == second + first

    def has_class(mark):
        return mark in (lowest, highest) or swaps(mark, lowest) or swaps(highest, mark)

    known = {}  # class -> a mark of it; Python's table may be newer than the crate's, so the crate has to agree
    for c in CODE_POINTS:
        mark_class = unicodedata.combining(chr(c))
        if mark_class and c not in decomposing and has_class(chr(c)):
            known.setdefault(mark_class, chr(c))
    classes = {}
    for c in CODE_POINTS:
        mark = chr(c)
        if c in decomposing or not has_class(mark):
            continue
        same = [k for k, other in known.items() if not (other != mark and (swaps(mark, other) or swaps(other, mark)))]
        assert len(same) == 1, hex(c)
        classes[c] = same[0]
    return classes


def ranges(values):
    """Sorted (code point, value) pairs -> (first, last, value) runs."""
    runs = []
    for c, value in values:
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == value:
            runs[-1][1] = c
        else:
            runs.append([c, c, value])
    return runs


def utf8proc_lower():
    library = ctypes.CDLL("libutf8proc.so.2")
    library.utf8proc_version.restype = ctypes.c_char_p
    assert library.utf8proc_version() == b"2.8.0", library.utf8proc_version()
    return library.utf8proc_tolower


def table(kind, name, rows):
    text, line = f"inline constexpr {kind} {name}[] = {{\n", "   "
    for row in rows:
        entry = " {" + ", ".join(row) + "},"
        if len(line) + len(entry) > 110:
            text += line + "\n"
            line = "   "
        line += entry
    return text + line[:-1] + "};\n\n"


def set_table(name, members):
    return table("CodePointRange", name, [(f"0x{a:X}", f"0x{b:X}") for a, b, _ in ranges((c, 0) for c in members)])


def main():
    decomposing = {c for c in CODE_POINTS if decompose(chr(c)) != chr(c)}
    utf8proc = utf8proc_lower()
    head = (
        f"// Made by tests/reference/make_unicode_tables.py from tokenizers {tokenizers.__version__}; "
        "not to be edited by hand.\n// clang-format off\n\n"
    )
    foot = "// clang-format on\n"
    white = [c for c in CODE_POINTS if pieces(c) == ["a", "b"]]
    assert white == matching(r"\s")
    (FOLDER / "byte_level_tables.inc").write_text(
        head + set_table("kLetters", matching(r"\p{L}")) + set_table("kNumbers", matching(r"\p{N}")) + foot
    )
    text = head + set_table("kDropped", [c for c in CODE_POINTS if clean(chr(c)) == ""])
    text += set_table("kWhite", white)
    text += set_table("kPunctuation", [c for c in CODE_POINTS if pieces(c) == ["a", chr(c), "b"]])
    text += set_table("kMarks", [c for c in CODE_POINTS if c not in decomposing and strip(chr(c)) == ""])
    text += set_table("kDecomposing", sorted(decomposing - set(HANGUL)))
    text += table(
        "CombiningRange",
        "kCombiningClasses",
        [(f"0x{a:X}", f"0x{b:X}", str(k)) for a, b, k in ranges(sorted(combining_classes(decomposing).items()))],
    )
    differing = [
        (c, ord(lower(chr(c))) - c)
        for c in CODE_POINTS
        if len(lower(chr(c))) == 1 and ord(lower(chr(c))) != utf8proc(c)
    ]
    text += table("LowerCaseRange", "kLowerCases", [(f"0x{a:X}", f"0x{b:X}", str(d)) for a, b, d in ranges(differing)])
    longer = [c for c in CODE_POINTS if len(lower(chr(c))) != 1]
    assert longer == [0x130], longer  # lower_case() knows this one by name.
    (FOLDER / "bert_unicode_tables.inc").write_text(text + foot)


if __name__ == "__main__":
    main()
