"""The layers: which folder of tandem/ and apps/ may include which. This is the only place where the graph is written.

    python3 scripts/check_layers.py            # refuses an include that looks up, and what is not made from the graph
    python3 scripts/check_layers.py --write    # makes cmake/Layers.cmake and the table of doc/architecture.md from it

doc/architecture.md gives the reasons. Also refused: <torch/torch.h> (it costs 20 s per file), quoted includes that are
not written from the root, and a library of one layer linked to another by hand.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CMAKE = ROOT / "cmake" / "Layers.cmake"
DOCUMENT = ROOT / "doc" / "architecture.md"

# From the lowest to the highest: folder, the layers it builds on, and what it is. A layer may also include all that
# these build on.
LAYERS = {
    "base": (
        [],
        "the wording of complaints (`FileError`, shape checks), progress and stop callbacks, numbers "
        "as people read them, worker threads, and clones of inner loops for vector instructions",
    ),
    "storage": (
        ["base"],
        "bytes on disk that can be trusted: files that appear complete or not at all, folders and "
        "groups of files that are replaced together, checksums, mapped safetensors, JSON that names "
        "the wrong field, one writer per folder",
    ),
    "images": (
        ["storage"],
        "picture files to upright 8-bit RGB, and Pillow's resize bit for bit",
    ),
    "parsing": (
        ["storage"],
        "text formats to rows and values: what is UTF-8 and a caption, CSV, JSON lines, large JSON "
        "files read from front to back",
    ),
    "data": (
        ["images", "parsing"],
        "the caption set and the rules for every reader: what is left out, splits by hash, chosen "
        "parts, generated captions, which tar shards belong together",
    ),
    "readers": (
        ["data"],
        "one reader per layout of captioned pictures, and the spec that names it; no pixel is decoded here",
    ),
    "writers": (
        ["data"],
        "caption sets to tar shards and to tables with a folder of pictures",
    ),
    "curation": (
        ["data"],
        "what is wrong with a caption set: pictures that cannot be read, duplicates, leaks; and splits by content",
    ),
    "tokenizers": (
        ["storage"],
        "text to token ids, equal to Hugging Face's tokenizers",
    ),
    "nn": (
        ["storage"],
        "the parts of frozen networks (linear, convolution, norm, attention, activation) and their weights by name",
    ),
    "encoders": (
        ["images", "tokenizers", "nn"],
        "Hugging Face folders to towers: one file per family, picture preparation, pooling "
        "([encoders.md](encoders.md))",
    ),
    "features": (
        ["data", "encoders"],
        "caption set + towers to a feature store on disk, resumable; and back to tensors",
    ),
    "heads": (
        ["base"],
        "projection heads: scale or whiten, pool views, project, unit length; random numbers by row",
    ),
    "closed_form": (
        ["heads"],
        "what needs no training: CCA, ridge regression, Procrustes, ASIF, their settings chosen by a "
        'callback ("how good on dev?"); and a solved map as a head',
    ),
    "losses": (
        ["base"],
        "contrastive losses on tensors: the plain ones, and twins of the expensive ones that work in tiles",
    ),
    "retrieval": (
        ["base"],
        "ranks of all queries in one pass over tiles, every metric made of them, chance level, "
        "bootstrap intervals and the paired test, nearest rows, hubness and its corrections, "
        "zero-shot classes",
    ),
    "index": (
        ["retrieval"],
        "8-bit copies of embeddings with proven bounds, and exact search that reads them first",
    ),
    "distributed": (
        ["base"],
        "processes that take every step together, over c10d with Gloo or NCCL ([scaling.md](scaling.md))",
    ),
    "analysis": (
        ["base"],
        "what representations share before and after training: CKA, mutual nearest neighbours; kinds "
        "of captions and pictures; the shape of the shared space and its calibration",
    ),
    "audit": (
        ["analysis"],
        "which caption belongs to which picture: evidence, odds, folds, planted errors ([audit.md](audit.md))",
    ),
    "maps": (
        ["base"],
        "PCA (by covariance, randomised), t-SNE, new points on an old map, joint maps of two sides, "
        "and how faithful a map is",
    ),
    "figures": (
        ["images", "maps"],
        "cairo pictures and self-contained pages; takes numbers and strings, not stores",
    ),
    "training": (
        ["features", "heads", "losses"],
        "the training state and its steps, optimisers, checkpoints, event files, what a training "
        "needs of a feature store",
    ),
    "sweep": (
        ["training", "retrieval"],
        "what a sweep tries (TOML: grid, random search), its trials, those finished on disk, and which is best on dev",
    ),
    "model": (
        ["training", "closed_form", "retrieval"],
        "a trained model on disk and in use: its folder, `Model`, search with a correction for hubs, "
        "ensembles, closed-form runs",
    ),
    "finetuning": (
        ["model"],
        "training the last layers of encoders: whole or by low-rank changes, large batches in chunks,"
        " checkpoints, merged folders",
    ),
    "evaluation": (
        ["model", "audit", "maps", "curation", "readers", "sweep"],
        "what is measured of a model: inputs, leaks, slices, corrected retrieval, galleries, classes, geometry, scan",
    ),
    "reports": (
        ["evaluation", "figures", "sweep", "finetuning"],
        "numbers as text, JSON and pages, onto a stream or into a file",
    ),
    "fit": (
        ["reports"],
        "from captioned pictures to a measured model in one folder: the steps of the others in a row, each taken up "
        "where it stopped ([fit.md](fit.md))",
    ),
    "fetching/http": (
        ["storage"],
        "HTTP, continued downloads, digests; the only layer that speaks to the network",
    ),
    "fetching/hub": (
        ["fetching/http"],
        "models from the Hugging Face hub into the cache that its own tools use; complete or not at all",
    ),
    "fetching/datasets": (
        ["fetching/http"],
        "public data sets from their homes into a folder; complete or not at all",
    ),
    "apps/terminal": (
        ["training", "distributed"],
        "progress bars, the training table, signals, what is said on standard error and its log, sentences about "
        "errors",
    ),
    "apps/help": (
        ["apps/terminal", "readers"],
        "what `--help` shows, the groups of commands and options, options of every command, completion in shells",
    ),
    "apps/arguments": (
        ["apps/terminal", "evaluation", "distributed", "readers", "fetching/hub"],
        "options that several commands share",
    ),
    "apps/commands": (
        ["apps/arguments", "apps/help", "reports", "fit", "writers", "readers", "fetching/hub", "fetching/datasets"],
        "the program: one file per subcommand; `main` is the only place that catches",
    ),
}


def folder_of(layer):
    return layer if layer.startswith("apps/") else f"tandem/{layer}"


def known_to(layer):
    """All layers that the layer may include."""
    known = set()
    for below in LAYERS[layer][0]:
        known |= {below} | known_to(below)
    return known


def library(layer):
    return "tandem_" + layer.replace("/", "_")


def cmake_text():
    lines = [
        "# Made by scripts/check_layers.py --write from the graph in it; 'make test' fails when this is stale.",
        "# TANDEM_LAYERS: the folders of tandem/ from the lowest to the highest.",
        "# tandem_links_NAME: what NAME builds on.",
    ]
    inner = [layer for layer in LAYERS if not layer.startswith("apps/")]
    lines += ["set(TANDEM_LAYERS", *[f"  {layer}" for layer in inner], ")"]
    for layer, (below, _) in LAYERS.items():
        if not layer.startswith("apps/"):
            lines.append(
                f"set(tandem_links_{layer.replace('/', '_')} {' '.join(map(library, below))})".replace(" )", ")")
            )
    lower = [library(below) for layer in LAYERS if layer.startswith("apps/") for below in LAYERS[layer][0]]
    lower = list(dict.fromkeys(name for name in lower if not name.startswith("tandem_apps")))
    lines.append(f"set(tandem_links_program {' '.join(lower)})")
    return "\n".join(lines) + "\n"


def table_text():
    rows = ["| folder | what it is | builds on |", "|---|---|---|"]
    for layer, (below, words) in LAYERS.items():
        rows.append(f"| `{folder_of(layer)}/` | {words} | {', '.join(below)} |")
    return "\n".join(rows) + "\n"


def document_with_table(text):
    """The document with its table of layers replaced."""
    before, found, rest = text.partition("| folder | what it is |")
    if not found:
        raise SystemExit(f"{DOCUMENT}: expected a table that begins with '| folder | what it is |', found none")
    return before + table_text() + "\n" + rest.partition("\n\n")[2]


def generated():
    return {CMAKE: cmake_text(), DOCUMENT: document_with_table(DOCUMENT.read_text(encoding="utf-8"))}


def include_complaints(path, layer):
    place = path.relative_to(ROOT)
    may_know = known_to(layer) | {layer} if layer else None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if not include:
            continue
        quote, target = include.groups()
        if target == "torch/torch.h":
            yield f"{place}:{number}: <torch/torch.h>; include the single headers that are needed"
        if layer is None or quote == "<":
            continue
        folder = target.rpartition("/")[0]
        other = folder.removeprefix("tandem/")
        if other not in LAYERS or folder != folder_of(other):
            yield f'{place}:{number}: "{target}" is not written from the root, or in no layer'
        elif other not in may_know:
            yield f'{place}:{number}: {layer} may not know {other} ("{target}")'


def link_complaints(layer):
    path = ROOT / folder_of(layer) / "CMakeLists.txt"
    if layer.startswith("apps/"):
        return
    for name in re.findall(
        r"\btandem_links_\w+|(?<=\s)tandem_(?!layer|options|torch|compile|tests|draw)\w+",
        path.read_text(encoding="utf-8"),
    ):
        if name != library(layer) and name in {library(other) for other in LAYERS}:
            yield f"{path.relative_to(ROOT)}: {name} is linked by hand; scripts/check_layers.py has the graph"


def layer_of(path):
    place = path.relative_to(ROOT).parent.as_posix()
    if place == "apps":
        return "apps/commands"  # main.cpp
    return place.removeprefix("tandem/") if place.startswith(("tandem/", "apps/")) else None


def complaints():
    places = [p for top in ("tandem", "apps", "benchmarks", "examples") for p in sorted((ROOT / top).rglob("*.*"))]
    sources = [p for p in places if p.suffix in {".h", ".cpp"}]
    found = []
    for path in sources:
        layer = layer_of(path)
        if layer is not None and layer not in LAYERS:
            if not layer.startswith("figures/"):
                found.append(f"{path.relative_to(ROOT)}: its folder has no place among the layers")
            continue
        found.extend(include_complaints(path, layer))
    for layer in LAYERS:
        found.extend(link_complaints(layer))
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            found.append(f"{path.relative_to(ROOT)}: not as 'python3 scripts/check_layers.py --write' makes it")
    return sources, found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="make what is made from the graph")
    if parser.parse_args().write:
        for path, text in generated().items():
            path.write_text(text, encoding="utf-8")
    sources, found = complaints()
    for complaint in found:
        print(complaint, file=sys.stderr)
    if found:
        return 1
    print(f"layers: {len(sources)} files of {len(LAYERS)} layers look only down")
    return 0


if __name__ == "__main__":
    sys.exit(main())
