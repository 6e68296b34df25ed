"""Parquet files and Hugging Face data sets -> tar shards that tandem reads.

    python3 scripts/to_webdataset.py flickr30k/data --out shards
    python3 scripts/to_webdataset.py saved --out shards --caption-column alt_text,long_text
    tandem encode --data webdataset:shards --out features

SOURCE is a .parquet or .arrow file, a folder of them, itself or in subfolders (as on the hub:
data/train-00000-of-00002.parquet), or a folder that `save_to_disk` of Hugging Face's `datasets` wrote. Pictures are
kept byte for byte; what is no JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF is left out and counted. Each sample of a
shard is a picture with a .json that holds its captions (a list), its split and, with --label-column, its class. Rows
that repeat the picture of the row before add their captions to it.

The split of a row comes from --split-column or from the name of its file or of the folders below SOURCE: train,
validation (val, valid, dev) or test, also as a word of a longer name. Needs pyarrow (pip install pyarrow). Nothing
appears at OUT before everything is written, and an OUT that exists is refused.
"""

import argparse
import collections
import contextlib
import hashlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import sys
import tarfile
import tempfile

IMAGE_COLUMNS = ["image", "img", "picture", "jpg", "jpeg", "png", "webp", "image_bytes", "bytes"]
CAPTION_COLUMNS = ["caption", "captions", "text", "title", "sentences"]
SPLITS = {"train": "train", "validation": "dev", "valid": "dev", "val": "dev", "dev": "dev", "test": "test"}
MAGIC = [
    (b"\xff\xd8\xff", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
]
ROWS_AT_ONCE = 64


class Refusal(Exception):
    """One sentence for the user."""


def split_in_name(name):
    """The split that a word of the name tells, or None: "train-00000-of-00002" is train."""
    return next((SPLITS[word] for word in re.findall("[a-z]+", name.lower()) if word in SPLITS), None)


def picture_ending(data):
    """The ending by the first bytes, for formats that tandem reads in shards; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        brands = [data[at : at + 4] for at in range(8, min(len(data), 64), 4)]
        if b"avif" in brands or b"avis" in brands:
            return "avif"
        return "heic" if {b"heic", b"heix", b"hevc", b"mif1"} & set(brands) else None
    return next((ending for magic, ending in MAGIC if data.startswith(magic)), None)


def source_files(source):
    """The files in the order of their names. Of a folder by `save_to_disk`, those that its state.json lists."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise Refusal(f"{source}: expected a .parquet or .arrow file or a folder of them, found no such file or folder")
    files = []
    for folder, folders, names in os.walk(source):
        folders.sort()
        folder = pathlib.Path(folder)
        if "state.json" in names:
            files += listed_files(folder)
        else:
            files += sorted(folder / name for name in names if name.lower().endswith((".parquet", ".arrow")))
    if not files:
        raise Refusal(f"{source}: expected .parquet or .arrow files in the folder or below it, found none")
    return files


def listed_files(folder):
    state = folder / "state.json"
    try:
        names = [entry["filename"] for entry in json.loads(state.read_text(encoding="utf-8"))["_data_files"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{state}: expected the list _data_files of save_to_disk, found something else") from error
    for name in names:
        if not isinstance(name, str) or pathlib.PurePath(name).name != name or not (folder / name).is_file():
            raise Refusal(f"{state}: expected names of files in its folder, found {str(name)[:200]!r}")
    return [folder / name for name in names]


def batches_of(file, columns=None):
    """Tables of a few rows, one after the other; with columns=() only the schema is read: yields it."""
    import pyarrow
    import pyarrow.parquet

    try:
        with open(file, "rb") as stream:
            magic = stream.read(6)
        if magic[:4] == b"PAR1":
            with pyarrow.parquet.ParquetFile(file) as parquet:
                if columns is None:
                    yield parquet.schema_arrow
                    return
                yield from parquet.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns)
            return
        with pyarrow.memory_map(str(file)) as mapped:
            if magic == b"ARROW1":
                reader = pyarrow.ipc.open_file(mapped)
                record_batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
            else:
                reader = record_batches = pyarrow.ipc.open_stream(mapped)
            if columns is None:
                yield reader.schema
                return
            for batch in record_batches:
                yield from (batch.slice(i, ROWS_AT_ONCE) for i in range(0, batch.num_rows, ROWS_AT_ONCE))
    except (pyarrow.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise Refusal(f"{file}: expected a Parquet or Arrow file from beginning to end, found: {reason}") from error


def find_image_column(schema, chosen, file):
    import pyarrow

    if chosen:
        if chosen not in schema.names:
            raise Refusal(f"{file}: expected a column {chosen!r} (--image-column), found {', '.join(schema.names)}")
        return chosen
    for name in IMAGE_COLUMNS:
        if name in schema.names:
            return name
    structs = [f.name for f in schema if pyarrow.types.is_struct(f.type) and f.type.get_field_index("bytes") >= 0]
    if len(structs) == 1:
        return structs[0]
    found = ", ".join(schema.names) or "none"
    raise Refusal(f"{file}: expected a column 'image' or its name in --image-column, found {found}")


def find_caption_columns(schema, chosen, file):
    if chosen:
        names = [name.strip() for name in chosen.split(",") if name.strip()]
        for name in names:
            if name.split(".")[0] not in schema.names:
                raise Refusal(f"{file}: expected a column {name!r} (--caption-column), found {', '.join(schema.names)}")
        return names
    for usual in CAPTION_COLUMNS:
        numbered = re.compile(re.escape(usual) + r"([_\-. ]?\d+)?$", re.IGNORECASE)
        names = [name for name in schema.names if numbered.match(name)]
        if names:
            return names
    found = ", ".join(schema.names) or "none"
    raise Refusal(f"{file}: expected a column 'caption' or its name in --caption-column, found {found}")


def texts_in(value):
    """All texts of a value: a text, a list of them, or objects with the field raw, caption or text, as in COCO's."""
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    if isinstance(value, dict):
        return next((texts_in(value[key]) for key in ("raw", "caption", "text") if key in value), [])
    return []


def field_of(row, name):
    """The value of "sentences.raw": the field raw of the column, or of each entry if the column is a list."""
    column, *keys = name.split(".") if name not in row else [name]
    value = row.get(column)
    for key in keys:
        if isinstance(value, list):
            value = [one.get(key) for one in value if isinstance(one, dict)]
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


class Reading:
    """Walks over all rows and counts what is left out."""

    def __init__(self, source, options):
        self.source, self.options = source, options
        self.left_out = collections.Counter()
        self.first_of = {}

    def leave_out(self, why, where):
        self.left_out[why] += 1
        self.first_of.setdefault(why, where)

    def samples(self):
        """Yields (bytes, ending, captions, split, label); rows that repeat a picture are joined."""
        held, held_digest = None, None
        for file in source_files(self.source):
            for number, row, image, captions in self.rows(file):
                where = f"{file.name} row {number}"
                data = self.picture_bytes(row[image], where)
                ending = picture_ending(data) if data else None
                texts = [text for name in captions for text in texts_in(field_of(row, name))]
                if data and not ending:
                    self.leave_out("pictures of a format that is not read", where)
                if not ending:
                    continue
                if not texts:
                    self.leave_out("rows without a caption", where)
                    continue
                split, label = self.split_of(row, file, where), self.label_of(row)
                digest = (hashlib.sha256(data).digest(), split)
                if digest == held_digest:
                    held[2].extend(text for text in texts if text not in held[2])
                    continue
                if held:
                    yield held
                held, held_digest = (data, ending, texts, split, label), digest
        if held:
            yield held

    def rows(self, file):
        schema = next(batches_of(file))
        image = find_image_column(schema, self.options.image_column, file)
        captions = find_caption_columns(schema, self.options.caption_column, file)
        wanted = {image, *(name if name in schema.names else name.split(".")[0] for name in captions)}
        for option, name in (
            ("--split-column", self.options.split_column),
            ("--label-column", self.options.label_column),
        ):
            if name and name not in schema.names:
                raise Refusal(f"{file}: expected a column {name!r} ({option}), found {', '.join(schema.names)}")
            wanted |= {name} if name else set()
        number = 0
        for batch in batches_of(file, [name for name in schema.names if name in wanted]):
            for row in batch.select([name for name in schema.names if name in wanted]).to_pylist():
                number += 1
                yield number, row, image, captions

    def picture_bytes(self, value, where):
        path = None
        if isinstance(value, dict):
            value, path = value.get("bytes"), value.get("path")
        if isinstance(value, bytes) and value:
            return value
        path = value if isinstance(value, str) else path
        if not isinstance(path, str):
            self.leave_out("rows without a picture", where)
            return None
        root = (self.source if self.source.is_dir() else self.source.parent).resolve()
        place = (root / path).resolve()
        if not place.is_relative_to(root) or "\0" in path:
            self.leave_out("pictures outside the folder of the data", where)
        elif not place.is_file():
            self.leave_out("pictures that are not there", where)
        else:
            return place.read_bytes()
        return None

    def split_of(self, row, file, where):
        if self.options.split_column:
            word = str(row.get(self.options.split_column) or "").strip().lower()
            if word in SPLITS or word in ("", "none"):
                return SPLITS.get(word)
            if word == "restval":
                return "train"
            raise Refusal(f"{file}: expected train, val, test or none as the split of {where}, found {word[:80]!r}")
        below = file.relative_to(self.source) if self.source.is_dir() else pathlib.Path(file.name)
        return next(filter(None, (split_in_name(part) for part in reversed(below.parts))), None)

    def label_of(self, row):
        value = row.get(self.options.label_column) if self.options.label_column else None
        return "" if value is None else str(value)


class Shards:
    """Tar shards by split, `per_shard` pictures each: train-00000.tar, ... The same rows give the same bytes."""

    def __init__(self, folder, per_shard):
        self.folder, self.per_shard = folder, per_shard
        self.open = {}
        self.counts = collections.Counter()

    def add(self, sample):
        data, ending, captions, split, label = sample
        side = split or "none"
        number = self.counts[side]
        self.counts[side] += 1
        if number % self.per_shard == 0:
            self.close(side)
            self.open[side] = tarfile.open(
                self.folder / f"{side}-{number // self.per_shard:05d}.tar", "w", format=tarfile.USTAR_FORMAT
            )
        name = f"{number % self.per_shard:06d}"
        told = {"captions": captions} | ({"split": split} if split else {}) | ({"label": label} if label else {})
        for member, content in (
            (f"{name}.{ending}", data),
            (f"{name}.json", json.dumps(told, ensure_ascii=False).encode()),
        ):
            info = tarfile.TarInfo(member)
            info.size, info.mode = len(content), 0o644
            self.open[side].addfile(info, io.BytesIO(content))

    def close(self, side):
        tar = self.open.pop(side, None)
        if tar is None:
            return
        tar.close()
        with open(tar.name, "rb") as written:
            os.fsync(written.fileno())

    def close_all(self):
        for side in list(self.open):
            self.close(side)


def convert(options):
    source, out = pathlib.Path(options.source), pathlib.Path(options.out)
    if out.exists() or out.is_symlink():
        raise Refusal(f"{out}: expected nothing of that name yet, found {'a folder' if out.is_dir() else 'a file'}")
    out.parent.mkdir(parents=True, exist_ok=True)
    made = pathlib.Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        reading, shards = Reading(source, options), Shards(made, options.shard_size)
        for sample in reading.samples():
            shards.add(sample)
            done = sum(shards.counts.values())
            if done % 1000 == 0 and sys.stderr.isatty():
                print(f"\r{done:,} pictures", end="", file=sys.stderr, flush=True)
        shards.close_all()
        if not shards.counts:
            reasons = "; ".join(f"{why}: {n}" for why, n in reading.left_out.items())
            raise Refusal(
                f"{source}: expected rows with pictures and captions, found none{'; ' + reasons if reasons else ''}"
            )
        made.chmod(0o755)
        os.rename(made, out)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    for why, count in reading.left_out.items():
        print(f"{why} were left out: {count:,} (first: {reading.first_of[why]})", file=sys.stderr)
    parts = ", ".join(
        f"{count:,} of {'no split' if side == 'none' else side}" for side, count in sorted(shards.counts.items())
    )
    print(f"{out}: {sum(shards.counts.values()):,} pictures ({parts}); read it with webdataset:{out}")


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def main():
    about, _, more = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", metavar="SOURCE", help="a .parquet or .arrow file, or a folder of them")
    parser.add_argument("--out", required=True, help="folder to make, for tar shards")
    parser.add_argument(
        "--image-column", help="column of the pictures: bytes, bytes with a path, or paths; default: image, ..."
    )
    parser.add_argument(
        "--caption-column", help="column of captions, several as a,b; a field of its entries as sentences.raw"
    )
    parser.add_argument("--split-column", help="column of the splits; default: told by the names of files and folders")
    parser.add_argument("--label-column", help="column of the classes; default: none")
    parser.add_argument("--shard-size", type=positive, default=1000, help="pictures per shard (default 1000)")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        print(
            "to_webdataset.py: needs pyarrow: pip install pyarrow (requirements-test.txt names a version)",
            file=sys.stderr,
        )
        return 2
    try:
        convert(options)
    except Refusal as error:
        print(f"to_webdataset.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"to_webdataset.py: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
