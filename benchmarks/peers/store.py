"""A feature store as Python reads it."""

import json
import pathlib

import torch
from safetensors.torch import load_file


def load_store(folder):
    """Manifest, picture features [n, Fi], caption features [m, Ft]."""
    folder = pathlib.Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    def read(side):
        return torch.cat([load_file(folder / shard["file"])["features"] for shard in manifest[f"{side}_shards"]])

    return manifest, read("image"), read("text")
