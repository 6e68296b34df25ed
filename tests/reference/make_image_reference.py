"""Writes the picture files and the expected numbers under images/: Pillow's resize, transformers'
image processors, the fast ones too (prep_fast.json), and small files in every format with what
Pillow makes of them. Nothing is random: the pictures come from a formula that
tests/images/formula_picture.h repeats.

Needs Pillow 13, which changed the order of the passes of some resizes.
"""

import base64
import json
import struct
import zlib
from pathlib import Path

import numpy as np
from formula_picture import adler, exif_bytes, formula_picture, over_white
from PIL import Image, ImageOps
from transformers import (
    BitImageProcessor,
    BitImageProcessorFast,
    CLIPImageProcessor,
    CLIPImageProcessorFast,
    ConvNextImageProcessor,
    ConvNextImageProcessorFast,
    DeiTImageProcessor,
    DeiTImageProcessorFast,
    ViTImageProcessor,
    ViTImageProcessorFast,
)

OUT = Path(__file__).parent / "images"


def resize_cases():
    sizes = [
        (37, 53, 16, 24),
        (37, 53, 80, 101),
        (1, 1, 5, 7),
        (40, 3, 9, 31),
        (64, 64, 64, 33),
        (33, 64, 15, 64),
        (50, 50, 50, 50),
        (101, 67, 1, 1),
        (2, 200, 7, 3),
        # Around the point where Pillow 13 changes the order of its passes: 90 rows less, 45 columns less.
        (100, 60, 10, 14),
        (100, 60, 10, 15),
        (100, 60, 10, 16),
        (100, 60, 110, 90),
        (100, 60, 99, 61),
    ]
    cases = []
    for height, width, to_height, to_width in sizes:
        picture = Image.fromarray(formula_picture(height, width))
        for number in range(6):
            resized = np.asarray(picture.resize((to_width, to_height), Image.Resampling(number)))
            cases.append(
                {
                    "from": [height, width],
                    "to": [to_height, to_width],
                    "filter": number,
                    "adler32": adler(resized),
                }
            )
    return cases


def prep_cases():
    """The whole chain as transformers runs it: configuration, size of the picture, checksum of the floats."""
    clip = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 24, "width": 24})
    processors = {
        "vit": ViTImageProcessor(
            size={"height": 20, "width": 28},
            image_mean=[0.485, 0.456, 0.406],
            image_std=[0.229, 0.224, 0.225],
        ),
        "clip": clip,
        "clip_wide_crop": CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 21, "width": 20}),
        "crop_only": CLIPImageProcessor(do_resize=False, crop_size={"height": 23, "width": 40}),
        "shortest_edge_only": CLIPImageProcessor(size={"shortest_edge": 17}, do_center_crop=False, do_normalize=False),
        "tensorflow_pixels": CLIPImageProcessor(
            size={"shortest_edge": 27},
            crop_size={"height": 22, "width": 22},
            rescale_factor=1 / 128,
            image_mean=[127 / 128] * 3,
            image_std=[1.0] * 3,
        ),
        "raw": ViTImageProcessor(size={"height": 9, "width": 9}, do_rescale=False, do_normalize=False),
        "convnext": ConvNextImageProcessor(size={"shortest_edge": 21}, crop_pct=0.875, resample=3),
    }
    small = [(37, 53), (53, 37), (18, 90), (24, 24)]
    runs = [(name, processor, small, json.loads(processor.to_json_string())) for name, processor in processors.items()]

    # The sizes encoders were trained with, each filter, pictures larger and smaller than that.
    real = [(375, 500), (333, 219), (90, 121)]
    for number in range(4):
        for made in (
            ViTImageProcessor(resample=number),
            DeiTImageProcessor(resample=number),
            CLIPImageProcessor(resample=number),
            BitImageProcessor(size={"shortest_edge": 256}, resample=number),
            ConvNextImageProcessor(size={"shortest_edge": 224}, crop_pct=0.875, resample=number),
        ):
            runs.append((f"filter_{number}", made, real[number % 3 :][:1], json.loads(made.to_json_string())))
    # Files that leave everything to the processor, and fields a processor does not look at.
    for kind in (ViTImageProcessor, DeiTImageProcessor, CLIPImageProcessor, BitImageProcessor, ConvNextImageProcessor):
        runs.append(("defaults", kind(), real, {"image_processor_type": kind.__name__}))
    ignored = {"do_center_crop": True, "crop_size": {"height": 10, "width": 10}, "crop_pct": 0.5}
    old_vit = {"feature_extractor_type": "ViTFeatureExtractor", "size": 224}
    runs.append(("ignored", ViTImageProcessor(), real[:1], {**old_vit, **ignored}))
    resnet = {
        "size": 224,
        "crop_pct": 0.875,
        "resample": 3,
        "image_mean": [0.485, 0.456, 0.406],
        "image_std": [0.229, 0.224, 0.225],
    }
    old_resnet = {"feature_extractor_type": "ConvNextFeatureExtractor", **resnet}
    runs.append(("resnet", ConvNextImageProcessor(**resnet), real, old_resnet))

    cases = []
    for name, processor, sizes, config in runs:
        for height, width in sizes:
            pixels = processor(Image.fromarray(formula_picture(height, width)))["pixel_values"][0]
            pixels = np.asarray(pixels)
            if pixels.dtype != np.float32:  # "raw" stays bytes; a tower takes floats.
                pixels = pixels.astype(np.float32)
            cases.append(
                {
                    "name": name,
                    "config": config,
                    "from": [height, width],
                    "to": list(pixels.shape),
                    "adler32": adler(pixels),
                    "sum": float(pixels.astype(np.float64).sum()),
                }
            )
    return cases


def fast_cases():
    """The fast processors, and beside them their slow twins: bytes, for the two resize with other arithmetic."""
    raw = {"do_rescale": False, "do_normalize": False}
    box = {"height": 24, "width": 20}
    # Margins of 3 modulo 4 (11 of 35, 7 of 31 and 27, 3 of 24), which rounding to even starts a pixel
    # further on, and odd padding.
    runs = [
        (CLIPImageProcessorFast, CLIPImageProcessor, {"size": {"shortest_edge": 24}, "crop_size": 24}),
        (BitImageProcessorFast, BitImageProcessor, {"size": {"shortest_edge": 31}, "crop_size": box}),
        (DeiTImageProcessorFast, DeiTImageProcessor, {"size": {"height": 31, "width": 27}, "crop_size": box}),
        (ConvNextImageProcessorFast, ConvNextImageProcessor, {"size": {"shortest_edge": 21}, "crop_pct": 0.875}),
        (ViTImageProcessorFast, ViTImageProcessor, {"size": {"height": 20, "width": 28}}),
        (
            ViTImageProcessorFast,
            ViTImageProcessor,
            {"size": {"height": 31, "width": 31}, "do_center_crop": True, "crop_size": box},
        ),
        (ViTImageProcessorFast, ViTImageProcessor, {"size": 19, "crop_size": box}),
        (CLIPImageProcessorFast, CLIPImageProcessor, {"size": 17, "crop_size": {"height": 22, "width": 20}}),
        (CLIPImageProcessorFast, CLIPImageProcessor, {"size": 17, "default_to_square": True, "do_center_crop": False}),
    ]
    cases = []
    for fast, slow, fields in runs:
        for kind in (fast, slow):
            for height, width in ((43, 64), (64, 43)):
                pixels = kind(**fields, **raw)(Image.fromarray(formula_picture(height, width)))["pixel_values"][0]
                pixels = np.asarray(pixels)
                assert pixels.dtype == np.uint8
                cases.append(
                    {
                        "config": {"image_processor_type": kind.__name__, **fields, **raw},
                        "from": [height, width],
                        "to": list(pixels.shape),
                        "bytes": base64.b64encode(pixels.tobytes()).decode(),
                    }
                )
    return cases


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def write_png(path, samples, colour_type, interlaced=False, claims=None):
    """What Pillow cannot write: Adam7, 16-bit colour, a header that lies about the size (`claims`)."""
    height, width = claims or samples.shape[:2]
    depth = samples.dtype.itemsize * 8
    passes = [
        (0, 0, 8, 8),
        (0, 4, 8, 8),
        (4, 0, 8, 4),
        (0, 2, 4, 4),
        (2, 0, 4, 2),
        (0, 1, 2, 2),
        (1, 0, 2, 1),
    ]
    rows = b""
    for top, left, down, right in passes if interlaced else [(0, 0, 1, 1)]:
        for row in samples[top::down, left::right]:
            if row.size:
                rows += b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes()
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(rows, 9))
        + png_chunk(b"IEND", b"")
    )


def save(files, name, image, expected, **options):
    image.save(OUT / name, **options)
    expect(files, name, expected)


def expect(files, name, expected):
    files[name] = {"size": [expected.shape[0], expected.shape[1]], "adler32": adler(expected)}


def reopened(name, mode="RGB"):
    return np.asarray(ImageOps.exif_transpose(Image.open(OUT / name)).convert(mode))


def main():
    OUT.mkdir(exist_ok=True)
    files = {}
    rgb = formula_picture(29, 43)
    picture = Image.fromarray(rgb)
    grey = Image.fromarray(rgb[..., 0])

    for name, options in {
        "baseline.jpg": {},
        "progressive.jpg": {"progressive": True},
        "no_subsampling.jpg": {"subsampling": 0, "quality": 95},
    }.items():
        picture.save(OUT / name, **options)
        expect(files, name, reopened(name))
    grey.save(OUT / "grey.jpg")
    expect(files, "grey.jpg", reopened("grey.jpg"))
    picture.convert("CMYK").save(OUT / "cmyk.jpg", quality=90)
    expect(files, "cmyk.jpg", reopened("cmyk.jpg"))
    # The same inks said to be stored as YCCK: Adobe's marker ends in the transform, 0 (as is) or 2 (YCCK).
    stored = bytearray((OUT / "cmyk.jpg").read_bytes())
    stored[stored.index(b"Adobe") + 11] = 2
    (OUT / "ycck.jpg").write_bytes(stored)
    expect(files, "ycck.jpg", reopened("ycck.jpg"))
    for orientation in range(1, 9):
        name = f"orientation_{orientation}.jpg"
        picture.save(OUT / name, quality=90, exif=exif_bytes(orientation))
        expect(files, name, reopened(name))

    alpha = ((np.arange(29)[:, None] * 9 + np.arange(43)[None, :] * 5) % 256).astype(np.uint8)
    rgba = np.dstack([rgb, alpha])
    save(files, "rgb.png", picture, rgb)
    save(files, "grey.png", grey, np.repeat(rgb[..., :1], 3, axis=2))
    save(files, "rgba.png", Image.fromarray(rgba), over_white(rgba))
    grey_alpha = Image.merge("LA", [grey, Image.fromarray(alpha)])
    save(files, "grey_alpha.png", grey_alpha, over_white(np.dstack([rgb[..., :1].repeat(3, axis=2), alpha])))
    palette = picture.quantize(50)
    save(files, "palette.png", palette, np.asarray(palette.convert("RGB")))
    save(
        files,
        "palette_key.png",
        palette,
        over_white(
            np.where(
                np.asarray(palette)[..., None] == 7,
                0,
                np.dstack([np.asarray(palette.convert("RGB")), np.full((29, 43), 255)]),
            ).astype(np.uint8)
        ),
        transparency=7,
    )
    bits = grey.convert("1")
    save(files, "one_bit.png", bits, np.asarray(bits.convert("RGB")))
    deep = (np.arange(29)[:, None] * 2259 + np.arange(43)[None, :] * 37).astype(np.uint16)
    deep_bytes = ((deep.astype(np.int64) * 255 + 32767) // 65535).astype(np.uint8)
    save(files, "deep_grey.png", Image.fromarray(deep), np.repeat(deep_bytes[..., None], 3, axis=2))
    write_png(OUT / "interlaced.png", rgb, colour_type=2, interlaced=True)
    expect(files, "interlaced.png", rgb)
    deep_rgba = np.dstack([deep, 65535 - deep, deep // 2, deep[::-1]])
    write_png(OUT / "deep_rgba.png", deep_rgba, colour_type=6)
    expect(
        files,
        "deep_rgba.png",
        over_white(((deep_rgba.astype(np.int64) * 255 + 32767) // 65535).astype(np.uint8)),
    )
    write_png(OUT / "claims_60000.png", rgb, colour_type=2, claims=(60000, 60000))
    save(files, "orientation_6.png", picture, np.rot90(rgb, -1), exif=exif_bytes(6))

    save(files, "lossless.webp", picture, rgb, lossless=True)
    save(files, "alpha.webp", Image.fromarray(rgba), over_white(rgba), lossless=True, exact=True)
    picture.save(OUT / "lossy.webp", quality=80)
    expect(files, "lossy.webp", reopened("lossy.webp"))
    save(files, "orientation_6.webp", picture, np.rot90(rgb, -1), lossless=True, exif=exif_bytes(6))
    picture.save(OUT / "animated.webp", save_all=True, append_images=[picture.rotate(180)], duration=50)

    (OUT / "files.json").write_text(json.dumps(files, indent=1) + "\n")
    (OUT / "resize.json").write_text(json.dumps(resize_cases()).replace("}, ", "},\n ") + "\n")
    (OUT / "prep_fast.json").write_text(json.dumps(fast_cases()).replace(', {"config"', ',\n {"config"') + "\n")
    (OUT / "prep.json").write_text(json.dumps(prep_cases()).replace(', {"name"', ',\n {"name"') + "\n")


if __name__ == "__main__":
    main()
