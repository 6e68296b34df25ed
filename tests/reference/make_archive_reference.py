"""Writes tests/reference/archives: batches of CIFAR as Python 2's cPickle and as Python 3's pickle write them, and tar
shards as Python's tarfile, which webdataset uses, writes them.

    python3 tests/reference/make_archive_reference.py

Python 2 is not needed: its stream is put together instruction by instruction as the published
batches have it, and Python 3's pickle must read the same dictionary from it. Pixel planes of
picture i are 3 i, 3 i + 1 and 3 i + 2.
"""

import io
import json
import pathlib
import pickle
import struct
import tarfile

import numpy

HERE = pathlib.Path(__file__).parent / "archives"
PICTURES, CLASSES = 4, [f"class{i}" for i in range(10)]


def planes():
    return numpy.repeat(numpy.arange(3 * PICTURES, dtype=numpy.uint8), 1024).reshape(PICTURES, 3072)


def python2_stream(labels, names):
    """The instructions of data_batch_1 of CIFAR-10's Python version, with fewer pictures."""
    memo = iter(range(1, 10000))

    def text(value):
        return b"U" + bytes([len(value)]) + value + put()

    def put():
        return b"q" + bytes([next(memo)])

    data = planes()
    stream = b"\x80\x02}" + put() + b"("
    stream += text(b"batch_label") + text(b"training batch 1 of 5")
    stream += text(b"labels") + b"]" + put() + b"(" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    stream += text(b"data") + b"cnumpy.core.multiarray\n_reconstruct\n" + put() + b"cnumpy\nndarray\n" + put()
    stream += (
        b"K\x00\x85"
        + put()
        + b"U\x01b\x87Rq\x0a(K\x01"
        + b"M"
        + struct.pack("<H", PICTURES)
        + b"M"
        + struct.pack("<H", 3072)
        + b"\x86"
    )
    stream += (
        b"cnumpy\ndtype\n"
        + b"q\x0b"
        + b"U\x02u1K\x00K\x01\x87Rq\x0c(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
    )
    stream += b"T" + struct.pack("<i", data.size) + data.tobytes() + b"tb"
    stream += (
        b"U\x09filenames" + b"]q\x0d(" + b"".join(b"U" + bytes([len(name)]) + name for name in names) + b"e" + b"u."
    )
    return stream


def add(tar, name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def main():
    HERE.mkdir(exist_ok=True)
    labels, names = [3, 0, 9, 3], [f"{i}.png".encode() for i in range(PICTURES)]
    stream = python2_stream(labels, names)
    read = pickle.loads(stream, encoding="bytes")
    assert read[b"labels"] == labels and read[b"filenames"] == names and (read[b"data"] == planes()).all()
    (HERE / "batch_python2.pickle").write_bytes(stream)
    batch = {"labels": labels, "data": planes(), "filenames": [n.decode() for n in names]}
    for protocol in (3, 4):
        (HERE / f"batch_protocol{protocol}.pickle").write_bytes(pickle.dumps(batch, protocol))
    (HERE / "meta.pickle").write_bytes(pickle.dumps({"label_names": CLASSES, "num_vis": 3072}, 3))

    for kind, form in (("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)):
        with tarfile.open(HERE / f"shard_{kind}.tar", "w", format=form) as tar:
            add(tar, "000.jpg", b"first picture")
            add(tar, "000.txt", "a dog\nein großer Hund\n".encode())
            add(tar, "deep/001.b.json", b'{"not": "the caption of 001.b, whose key is deep/001"}')
            add(
                tar,
                "deep/001.json",
                json.dumps({"captions": ["a cat", "the cat"], "split": "test", "label": "cat"}).encode(),
            )
            add(tar, "deep/001.PNG", b"second")
            long_name = ("x" * 120 if kind != "ustar" else "x" * 90) + ".webp"
            add(tar, long_name, b"p" * 600)
            add(tar, long_name.replace(".webp", ".json"), b'{"caption": "long name", "id": "chosen.webp"}')


if __name__ == "__main__":
    main()
