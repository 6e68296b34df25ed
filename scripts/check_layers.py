"""Refuses an include that looks up: each folder of tandem/ may know only the folders listed for it here.

    python3 scripts/check_layers.py

doc/architecture.md gives the reasons. Also refused: <torch/torch.h> (it costs 20 s a file), and
quoted includes that are not written from the root.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

MAY_KNOW = {
    "base": set(),
    "storage": {"base"},
    "images": {"base", "storage"},
    "parsing": {"base", "storage"},
    "data": {"base", "storage", "images", "parsing"},
    "readers": {"base", "storage", "images", "parsing", "data"},
    "writers": {"base", "storage", "images", "parsing", "data"},
    "curation": {"base", "storage", "images", "parsing", "data"},
    "tokenizers": {"base", "storage"},
    "network": {"base", "storage"},
    "encoders": {"base", "storage", "images", "tokenizers", "network"},
    "features": {"base", "storage", "images", "parsing", "data", "tokenizers", "network", "encoders"},
    "heads": {"base"},
    "baselines": {"base", "heads"},
    "losses": {"base"},
    "distribution": {"base"},
    "training": {"base", "storage", "data", "encoders", "features", "heads", "losses"},
    "finetuning": {
        "base",
        "storage",
        "images",
        "tokenizers",
        "network",
        "encoders",
        "data",
        "features",
        "heads",
        "losses",
        "training",
    },
    "retrieval": {"base"},
    "sweep": {"base", "storage", "data", "encoders", "features", "heads", "losses", "training", "retrieval"},
    "analysis": {"base"},
    "projection": {"base"},
    "figures": {"base", "storage", "images", "projection"},
    "download": {"base", "storage"},
    "hub": {"base", "storage", "download"},
    "datasets": {"base", "storage", "download"},
}


def complaints(path):
    place = path.relative_to(ROOT)
    layer = place.parts[1] if place.parts[0] == "tandem" else None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not include:
            continue
        quote, target = include.groups()
        if target == "torch/torch.h":
            yield f"{place}:{number}: <torch/torch.h>; include the single headers that are needed"
        if layer is None or quote == "<":
            continue
        parts = target.split("/")
        if parts[0] != "tandem" or len(parts) < 3:
            yield f'{place}:{number}: "{target}" is not written from the root, or belongs to apps/'
        elif parts[1] != layer and parts[1] not in MAY_KNOW[layer]:
            yield f'{place}:{number}: {layer}/ may not know {parts[1]}/ ("{target}")'


def main():
    folders = sorted(p.name for p in (ROOT / "tandem").iterdir() if p.is_dir())
    found = [f"tandem/{name}: a folder without a place among the layers" for name in folders if name not in MAY_KNOW]
    sources = [
        p
        for top in ("tandem", "apps", "benchmarks")
        for p in sorted((ROOT / top).rglob("*"))
        if p.suffix in {".h", ".cpp"} and (top != "tandem" or p.relative_to(ROOT).parts[1] in MAY_KNOW)
    ]
    for path in sources:
        found.extend(complaints(path))
    for complaint in found:
        print(complaint, file=sys.stderr)
    if found:
        return 1
    print(f"layers: {len(sources)} files of {len(folders)} layers look only down")
    return 0


if __name__ == "__main__":
    sys.exit(main())
