"""Arrays as NumPy writes them, for tests/storage/npy_file_test.cpp and the import of features.

    python tests/reference/make_npy_reference.py

Needs numpy. Element k of every good array is k / 4 (floats) or 3 k - 5 (integers).
"""

import pathlib

import numpy as np
from numpy.lib import format as npy

OUT = pathlib.Path(__file__).resolve().parent / "npy"
OUT.mkdir(exist_ok=True)

for name in ("f2", "f4", "f8"):
    np.save(OUT / f"{name}.npy", (np.arange(15) / 4).astype("<" + name).reshape(5, 3))
for name in ("i4", "i8"):
    np.save(OUT / f"{name}.npy", (3 * np.arange(7) - 5).astype("<" + name))
for version in ((1, 0), (2, 0), (3, 0)):
    with open(OUT / f"version{version[0]}.npy", "wb") as file:
        npy.write_array(file, (np.arange(6) / 4).astype("<f4").reshape(2, 3), version=version)
np.save(OUT / "scalar.npy", np.float32(0))
np.save(OUT / "empty.npy", np.zeros((0, 3), "<f4"))

np.save(OUT / "fortran.npy", np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)))
np.save(OUT / "objects.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save(OUT / "big_endian.npy", np.arange(3, dtype=">f4"))
np.save(OUT / "text.npy", np.array(["a", "bc"]))
np.save(OUT / "records.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save(OUT / "complex.npy", np.zeros(2, "<c8"))
