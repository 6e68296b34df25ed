"""scripts/to_webdataset.py turns Parquet and Arrow into shards from which the program reads the same pairs.

python3 tests/apps/to_webdataset_test.py build/tandem
"""

import collections
import csv
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    print("SKIPPED: pyarrow is not installed (requirements-test.txt)")
    sys.exit(0)

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "to_webdataset.py"
PROGRAM = sys.argv.pop(1)


def png(shade):
    """A PNG of 40 x 40 pixels, another for each shade."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(
        b"\0" + bytes((shade, (shade * 7 + x * 5) % 256, (x * y) % 256)) * 40 for y, x in enumerate(range(40))
    )
    header = struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURES = [png(shade) for shade in range(12)]


def image_struct(data, path=None):
    return {"bytes": data, "path": path}


def run(*words):
    return subprocess.run([sys.executable, str(SCRIPT), *map(str, words)], capture_output=True, text=True)


class Bridge(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def out(self):
        return self.root / "shards"

    def write_parquet(self, name, columns):
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.table(columns), file, row_group_size=3)
        return file

    def write_arrow(self, name, columns):
        """As save_to_disk writes it: an IPC stream, with state.json beside it."""
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        table = pyarrow.table(columns)
        with pyarrow.OSFile(str(file), "wb") as sink, pyarrow.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
        (file.parent / "state.json").write_text(json.dumps({"_data_files": [{"filename": file.name}]}))
        (file.parent / "dataset_info.json").write_text("{}")

    def convert(self, source, *options):
        done = run(self.root / source, "--out", self.out(), *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, part, *words):
        done = run(*words)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertIn(part, done.stderr)

    def pairs(self):
        """(picture's bytes, split, captions) as the program reads them from the shards."""
        table = self.root / "read" / "data.csv"
        table.parent.mkdir()
        done = subprocess.run(
            [PROGRAM, "data", f"webdataset:{self.out()}", "--to", f"csv:{table}", "--json"],
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["left_out"], [])
        read = collections.OrderedDict()
        with open(table, newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                picture = (table.parent / row["image"]).read_bytes()
                read.setdefault((picture, row["split"], row.get("label") or ""), []).append(row["caption"])
        return read

    def expect(self, *wanted):
        """wanted: (picture's number, split, captions) or with a label."""
        expected = {(PICTURES[one[0]], one[1], (*one, "")[3]): one[2] for one in wanted}
        self.assertEqual(dict(self.pairs()), expected)

    def test_parquet_of_the_hub_gives_its_pairs_and_the_splits_of_its_names(self):
        for split, numbers in (("train", range(0, 5)), ("validation", range(5, 7)), ("test", range(7, 9))):
            self.write_parquet(
                f"hub/data/{split}-00000-of-00001.parquet",
                {
                    "image": [image_struct(PICTURES[i], f"{i}.png") for i in numbers],
                    "caption": [[f"picture {i}", f"the “{i}”, äöü"] for i in numbers],
                    "other": [i for i in numbers],
                },
            )
        done = self.convert("hub", "--shard-size", "2")
        self.assertIn("9 pictures (2 of dev, 2 of test, 5 of train)", done.stdout)
        self.assertEqual(len(list(self.out().glob("train-*.tar"))), 3)
        sides = ["train"] * 5 + ["dev"] * 2 + ["test"] * 2
        self.expect(*[(i, sides[i], [f"picture {i}", f"the “{i}”, äöü"]) for i in range(9)])

    def test_arrow_of_save_to_disk_gives_its_pairs(self):
        (self.root / "saved").mkdir()
        (self.root / "saved" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
        for split, numbers in (("train", range(0, 3)), ("test", range(3, 5))):
            self.write_arrow(
                f"saved/{split}/data-00000-of-00001.arrow",
                {"image": [image_struct(PICTURES[i]) for i in numbers], "text": [f"number {i}" for i in numbers]},
            )
        self.convert("saved")
        self.expect(*[(i, "train" if i < 3 else "test", [f"number {i}"]) for i in range(5)])

    def test_columns_are_named_and_hold_captions_in_several_forms(self):
        self.write_parquet(
            "odd.parquet",
            {
                "photo": PICTURES[:3],
                "short": ["one", "two", "three"],
                "long": [["1", "eins"], [], [" ", "drei"]],
                "sentences": [[{"raw": "I", "id": 1}], [{"raw": "II", "id": 2}], []],
                "part": ["train", "val", "restval"],
                "kind": [7, 8, None],
            },
        )
        self.convert(
            "odd.parquet",
            *("--image-column", "photo", "--caption-column", "short,long,sentences.raw"),
            *("--split-column", "part", "--label-column", "kind"),
        )
        self.expect(
            (0, "train", ["one", "1", "eins", "I"], "7"),
            (1, "dev", ["two", "II"], "8"),
            (2, "train", ["three", "drei"], ""),
        )

    def test_numbered_columns_and_repeated_rows_are_joined(self):
        self.write_parquet(
            "train.parquet",
            {
                "image": [image_struct(PICTURES[i]) for i in (0, 0, 1)],
                "caption_1": ["a", "b", "c"],
                "caption_2": ["a2", None, "c2"],
            },
        )
        self.convert("train.parquet")
        self.expect((0, "train", ["a", "a2", "b"]), (1, "train", ["c", "c2"]))

    def test_what_cannot_be_used_is_left_out_and_counted(self):
        (self.root / "secret.png").write_bytes(PICTURES[9])
        (self.root / "in").mkdir()
        (self.root / "in" / "beside.png").write_bytes(PICTURES[3])
        self.write_parquet(
            "in/train.parquet",
            {
                "image": [
                    image_struct(PICTURES[0]),
                    image_struct(b"%PDF-1.7 no picture"),
                    image_struct(None, "../secret.png"),
                    image_struct(None, "gone.png"),
                    image_struct(None, "beside.png"),
                    image_struct(None, None),
                    image_struct(PICTURES[1]),
                ],
                "caption": ["a", "b", "c", "d", "e", "f", "  "],
            },
        )
        said = self.convert("in").stderr
        for part in (
            "pictures of a format that is not read were left out: 1 (first: train.parquet row 2)",
            "pictures outside the folder of the data were left out: 1 (first: train.parquet row 3)",
            "pictures that are not there were left out: 1 (first: train.parquet row 4)",
            "rows without a picture were left out: 1 (first: train.parquet row 6)",
            "rows without a caption were left out: 1 (first: train.parquet row 7)",
        ):
            self.assertIn(part, said)
        self.expect((0, "train", ["a"]), (3, "train", ["e"]))

    def test_the_same_rows_give_the_same_bytes(self):
        self.write_parquet("x.parquet", {"image": PICTURES[:3], "caption": ["a", "b", "c"]})
        self.convert("x.parquet")
        first = {file.name: file.read_bytes() for file in self.out().iterdir()}
        second = self.root / "again"
        self.assertEqual(run(self.root / "x.parquet", "--out", second).returncode, 0)
        self.assertEqual({file.name: file.read_bytes() for file in second.iterdir()}, first)

    def test_bad_input_is_one_sentence_and_leaves_nothing(self):
        good = self.write_parquet("x.parquet", {"photo": PICTURES[:1], "words": ["a"]})
        self.refused(
            "x.parquet: expected a column 'image' or its name in --image-column, found photo, words",
            good,
            "--out",
            self.out(),
        )
        self.refused("expected a column 'caption'", good, "--out", self.out(), "--image-column", "photo")
        self.refused(
            "expected a column 'p' (--split-column)",
            good,
            "--out",
            self.out(),
            "--image-column",
            "photo",
            "--caption-column",
            "words",
            "--split-column",
            "p",
        )
        self.refused("found no such file or folder", self.root / "nowhere", "--out", self.out())
        cut = self.root / "cut.parquet"
        cut.write_bytes(good.read_bytes()[:-20])
        self.refused("cut.parquet: expected a Parquet or Arrow file from beginning to end", cut, "--out", self.out())
        (self.root / "noise.arrow").write_bytes(b"no arrow")
        self.refused("noise.arrow: expected a Parquet or Arrow file", self.root / "noise.arrow", "--out", self.out())
        empty = self.write_parquet("empty.parquet", {"image": [b"x"], "caption": ["a"]})
        self.refused(
            "expected rows with pictures and captions, found none; pictures of a format that is not read",
            empty,
            "--out",
            self.out(),
        )
        state = self.root / "saved" / "state.json"
        state.parent.mkdir()
        state.write_text('{"_data_files": [{"filename": "../x.parquet"}]}')
        self.refused("state.json: expected names of files in its folder", state.parent, "--out", self.out())
        self.assertEqual(
            [entry.name for entry in self.root.iterdir() if entry.name.endswith("shards") or entry.name[0] == "."], []
        )
        self.out().mkdir()
        self.refused("expected nothing of that name yet, found a folder", good, "--out", self.out())


if __name__ == "__main__":
    unittest.main()
