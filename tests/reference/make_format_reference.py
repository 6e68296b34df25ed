"""Writes small BMP, GIF, TIFF, HEIC and AVIF files under images/formats/, and what is expected of them (files.json):
the size and zlib's checksum of the exact pixels; or, for lossy files, the name of a PNG with the pixels that another
reader finds and the largest difference allowed. BMP is written here from its description, because Pillow writes few of
its kinds; Pillow has to agree where it reads them.

Needs Pillow, pillow-heif (its own libheif and x265), tifffile and imagecodecs: requirements.txt.
"""

import json
import struct
from pathlib import Path

import numpy as np
import pillow_heif
import tifffile
from formula_picture import adler, exif_bytes, formula_picture, over_white
from PIL import Image, ImageOps

OUT = Path(__file__).parent / "images" / "formats"
HEIGHT, WIDTH = 29, 43
FILES = {}

RGB = formula_picture(HEIGHT, WIDTH)
PICTURE = Image.fromarray(RGB)
GREY = RGB[..., 0]
ALPHA = ((np.arange(HEIGHT)[:, None] * 9 + np.arange(WIDTH)[None, :] * 5) % 256).astype(np.uint8)
RGBA = np.dstack([RGB, ALPHA])
# For colours that are stored at half the size: readers enlarge them differently, which shows at sharp steps.
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH]
SMOOTH = Image.fromarray(np.stack([X * 5, Y * 8, 200 - 2 * X - 2 * Y], axis=2).astype(np.uint8))
PALETTE = PICTURE.quantize(50)
INDICES = np.asarray(PALETTE)
COLOURS = np.asarray(PALETTE.getpalette()[: 3 * 50], np.uint8).reshape(-1, 3)


def exact(name, pixels):
    FILES[name] = {"size": list(pixels.shape[:2]), "adler32": adler(pixels)}


def near(name, pixels, most):
    Image.fromarray(pixels).save(OUT / (name + ".png"))
    FILES[name] = {"size": list(pixels.shape[:2]), "pixels": name + ".png", "most": most}


def reopened(name):
    return np.asarray(ImageOps.exif_transpose(Image.open(OUT / name)).convert("RGB"))


def three(grey):
    return np.repeat(grey[..., None], 3, axis=2)


def scaled(values, most):
    return ((values.astype(np.int64) * 255 + most // 2) // most).astype(np.uint8)


# BMP


def packed_rows(samples, bits):
    """Rows from the top, each filled up to four bytes."""
    rows = []
    for row in samples:
        if bits < 8:
            text = "".join(format(value, f"0{bits}b") for value in row)
            text += "0" * (-len(text) % 8)
            data = bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
        else:
            data = row.tobytes()
        rows.append(data + b"\0" * (-len(data) % 4))
    return rows


def bmp(name, expected, bits, data, *, palette=None, compression=0, header=40, masks=(), top_down=False, pillow=1):
    """`data`: rows from the top, or compressed bytes. `pillow`: its largest difference; None if it cannot read this."""
    if isinstance(data, list):
        data = b"".join(data if top_down else data[::-1])
    height = -HEIGHT if top_down else HEIGHT
    if header == 12:
        head = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, bits)
        table = b"" if palette is None else palette[:, ::-1].tobytes()
    else:
        used = 0 if palette is None else len(palette)
        head = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, bits, compression, len(data), 2835, 2835, used, 0)
        head += b"".join(struct.pack("<I", mask) for mask in masks)
        head += b"\0" * (header - len(head))
        zeros = np.zeros((used, 1), np.uint8)
        table = b"" if palette is None else np.hstack([palette[:, ::-1], zeros]).tobytes()
    begin = 14 + len(head) + len(table)
    (OUT / name).write_bytes(struct.pack("<2sIII", b"BM", begin + len(data), 0, begin) + head + table + data)
    exact(name, expected)
    if pillow is not None:
        difference = np.abs(reopened(name).astype(int) - expected).max()
        assert difference <= pillow, (name, difference)


def run_lengths(row, nibbles):
    """One row as runs, and as literals where three differ; ends with the end of the row."""
    out, x = b"", 0
    while x < len(row):
        run = 1
        while x + run < len(row) and row[x + run] == row[x] and run < 255:
            run += 1
        literal = row[x : x + 5]
        if run == 1 and len(literal) == 5:
            data = literal.tobytes()
            if nibbles:
                data = bytes([literal[0] << 4 | literal[1], literal[2] << 4 | literal[3], literal[4] << 4])
            out += bytes([0, 5]) + data + b"\0" * (len(data) % 2)
            x += 5
        else:
            value = int(row[x])
            out += bytes([run, value << 4 | value if nibbles else value])
            x += run
    return out + b"\0\0"


def write_bmp():
    few = PICTURE.quantize(16)
    few_indices = np.asarray(few)
    few_colours = np.asarray(few.getpalette()[: 3 * 16], np.uint8).reshape(-1, 3)
    two = (GREY > 100).astype(np.uint8)
    two_colours = np.array([[10, 20, 30], [250, 200, 150]], np.uint8)
    bmp("bits_1.bmp", two_colours[two], 1, packed_rows(two, 1), palette=two_colours)
    bmp(
        "bits_2.bmp",
        few_colours[few_indices % 4],
        2,
        packed_rows(few_indices % 4, 2),
        palette=few_colours[:4],
        pillow=None,
    )
    bmp("bits_4.bmp", few_colours[few_indices], 4, packed_rows(few_indices, 4), palette=few_colours)
    bmp("bits_8.bmp", COLOURS[INDICES], 8, packed_rows(INDICES, 8), palette=COLOURS)
    bmp("bits_24.bmp", RGB, 24, packed_rows(RGB[..., ::-1], 24))
    bmp("top_down.bmp", RGB, 24, packed_rows(RGB[..., ::-1], 24), top_down=True)
    bmp("os2_24.bmp", RGB, 24, packed_rows(RGB[..., ::-1], 24), header=12)
    bmp("os2_8.bmp", COLOURS[INDICES], 8, packed_rows(INDICES, 8), palette=COLOURS, header=12, pillow=None)
    rest = np.full((HEIGHT, WIDTH, 1), 7, np.uint8)
    bmp("bits_32.bmp", RGB, 32, packed_rows(np.dstack([RGB[..., ::-1], rest]), 32))
    five = RGB >> 3
    words = (five[..., 0].astype(np.uint16) << 10) | (five[..., 1].astype(np.uint16) << 5) | five[..., 2]
    bmp("bits_16.bmp", scaled(five, 31), 16, packed_rows(words, 16))
    six = RGB[..., 1] >> 2
    words = (five[..., 0].astype(np.uint16) << 11) | (six.astype(np.uint16) << 5) | five[..., 2]
    expected = np.dstack([scaled(five[..., 0], 31), scaled(six, 63), scaled(five[..., 2], 31)])
    bmp("masks_565.bmp", expected, 16, packed_rows(words, 16), compression=3, masks=(0xF800, 0x7E0, 0x1F))
    # BITMAPV4HEADER: the masks are part of the header.
    bgra = np.dstack([RGB[..., ::-1], ALPHA])
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    bmp("alpha.bmp", over_white(RGBA), 32, packed_rows(bgra, 32), compression=3, header=108, masks=masks, pillow=None)
    unseen = np.dstack([RGB[..., ::-1], 0 * ALPHA])
    bmp("no_alpha.bmp", RGB, 32, packed_rows(unseen, 32), compression=3, header=124, masks=masks, pillow=None)
    rle = b"".join(run_lengths(row, False) for row in INDICES[::-1]) + b"\0\1"
    bmp("rle_8.bmp", COLOURS[INDICES], 8, rle, palette=COLOURS, compression=1)
    rle = b"".join(run_lengths(row, True) for row in few_indices[::-1]) + b"\0\1"
    bmp("rle_4.bmp", few_colours[few_indices], 4, rle, palette=few_colours, compression=2, pillow=None)
    # One row and a half, then a jump, three pixels and the end.
    sparse = np.zeros((HEIGHT, WIDTH), np.uint8)
    sparse[HEIGHT - 1] = 3
    sparse[HEIGHT - 2, :20] = 4
    sparse[HEIGHT - 5, 27:30] = 5
    rle = bytes([WIDTH, 3, 0, 0, 20, 4, 0, 2, 7, 3, 3, 5, 0, 1])
    bmp("rle_jump.bmp", COLOURS[sparse], 8, rle, palette=COLOURS, compression=1, pillow=None)


# GIF


def frame_at(name, source, screen, place):
    """The GIF `source` with another canvas, and its frame elsewhere."""
    data = bytearray((OUT / source).read_bytes())
    descriptor = data.index(b",\0\0\0\0" + struct.pack("<HH", WIDTH, HEIGHT))
    data[6:10] = struct.pack("<HH", *screen)
    data[descriptor + 1 : descriptor + 5] = struct.pack("<HH", *place)
    (OUT / name).write_bytes(data)


def write_gif():
    PALETTE.save(OUT / "plain.gif", interlace=0)
    exact("plain.gif", COLOURS[INDICES])
    PALETTE.save(OUT / "interlaced.gif", interlace=1)
    exact("interlaced.gif", COLOURS[INDICES])
    PALETTE.save(OUT / "transparent.gif", transparency=7, interlace=0)
    exact("transparent.gif", np.where((INDICES == 7)[..., None], 255, COLOURS[INDICES]).astype(np.uint8))
    more = [PICTURE.rotate(180).quantize(50), PICTURE.rotate(90).quantize(50)]
    PALETTE.save(OUT / "animated.gif", save_all=True, append_images=more, duration=50, interlace=0)
    exact("animated.gif", COLOURS[INDICES])
    frame_at("inside.gif", "plain.gif", (60, 50), (11, 13))
    canvas = np.full((50, 60, 3), 255, np.uint8)
    canvas[13 : 13 + HEIGHT, 11 : 11 + WIDTH] = COLOURS[INDICES]
    exact("inside.gif", canvas)
    frame_at("outside.gif", "plain.gif", (10, 12), (3, 2))
    canvas = np.full((2 + HEIGHT, 3 + WIDTH, 3), 255, np.uint8)
    canvas[2:, 3:] = COLOURS[INDICES]
    exact("outside.gif", canvas)


# TIFF


def tiff(name, samples, expected, **options):
    tifffile.imwrite(OUT / name, samples, metadata=None, software=False, **options)
    exact(name, expected)


def plain_tiff(name, rows, bits, samples, photometric, *more):
    """What tifffile does not write. `more`: tags as (number, value of at most four bytes)."""
    tags = [(256, WIDTH), (257, HEIGHT), (259, 1), (262, photometric), (273, 8), (277, samples), (278, HEIGHT)]
    tags = sorted([*tags, (279, len(rows)), *more])
    end = 8 + len(rows) + 2 + 12 * (len(tags) + 1) + 4
    if samples == 1:
        depth = struct.pack("<HHII", 258, 3, 1, bits)
    else:
        depth = struct.pack("<HHII", 258, 3, samples, end)
    entries = [struct.pack("<HHII", tag, 3 if tag == 530 else 4, 2 if tag == 530 else 1, value) for tag, value in tags]
    entries.insert(2, depth)
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + b"\0\0\0\0"
    depths = struct.pack("<H", bits) * samples if samples > 1 else b""
    (OUT / name).write_bytes(b"II*\0" + struct.pack("<I", 8 + len(rows)) + rows + directory + depths)


def few_bits_tiff(name, samples, bits):
    rows = b""
    for row in samples:
        text = "".join(format(value, f"0{bits}b") for value in row)
        text += "0" * (-len(text) % 8)
        rows += bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))
    plain_tiff(name, rows, bits, 1, 1)
    exact(name, three(scaled(samples, (1 << bits) - 1)))


def write_tiff():
    tiff("rgb.tif", RGB, RGB, photometric="rgb")
    tiff("big_endian.tif", RGB, RGB, photometric="rgb", byteorder=">", rowsperstrip=4)
    tiff("bigtiff.tif", RGB, RGB, photometric="rgb", bigtiff=True)
    tiff("lzw.tif", RGB, RGB, photometric="rgb", compression="lzw", predictor=2)
    tiff("packbits.tif", RGB, RGB, photometric="rgb", compression="packbits")
    tiff("zstd.tif", RGB, RGB, photometric="rgb", compression="zstd")
    tiff("tiled.tif", RGB, RGB, photometric="rgb", compression="zlib", tile=(16, 32))
    planes = np.moveaxis(RGB, 2, 0)
    tiff("planes.tif", planes, RGB, photometric="rgb", planarconfig="separate", compression="zlib")
    planes = np.moveaxis(RGBA, 2, 0)
    options = {"planarconfig": "separate", "extrasamples": ["unassalpha"], "tile": (16, 16)}
    tiff("planes_tiled.tif", planes, over_white(RGBA), photometric="rgb", **options)
    tiff("grey.tif", GREY, three(GREY), photometric="minisblack")
    tiff("inverted.tif", GREY, three(255 - GREY), photometric="miniswhite", compression="zlib")
    deep = (np.arange(HEIGHT)[:, None] * 2259 + np.arange(WIDTH)[None, :] * 37).astype(np.uint16)
    tiff("deep_grey.tif", deep, three(scaled(deep, 65535)), photometric="minisblack", compression="zlib")
    deep_rgb = np.dstack([deep, 65535 - deep, deep // 2])
    tiff("deep_rgb.tif", deep_rgb, scaled(deep_rgb, 65535), photometric="rgb", compression="lzw", byteorder=">")
    few_bits_tiff("bits_4.tif", GREY >> 4, 4)
    few_bits_tiff("bits_2.tif", GREY >> 6, 2)
    colormap = np.zeros((3, 256), np.uint16)
    colormap[:, :50] = COLOURS.T.astype(np.uint16) * 257
    tiff("palette.tif", INDICES, COLOURS[INDICES], photometric="palette", colormap=colormap, compression="lzw")
    tiff("small_palette.tif", INDICES, COLOURS[INDICES], photometric="palette", colormap=colormap // 257)
    alpha = {"photometric": "rgb", "compression": "zlib"}
    tiff("alpha.tif", RGBA, over_white(RGBA), extrasamples=["unassalpha"], **alpha)
    over_black = (RGB.astype(np.int64) * ALPHA[..., None] // 255).astype(np.uint8)
    expected = (over_black + (255 - ALPHA[..., None])).astype(np.uint8)
    tiff("premultiplied.tif", np.dstack([over_black, ALPHA]), expected, extrasamples=["assocalpha"], **alpha)
    tiff("fourth.tif", RGBA, RGB, extrasamples=["unspecified"], **alpha)
    tiff("pages.tif", np.stack([GREY, 255 - GREY]), three(GREY), photometric="minisblack")
    for orientation, turned in ((3, np.rot90(RGB, 2)), (6, np.rot90(RGB, -1)), (7, np.rot90(RGB.swapaxes(0, 1), 2))):
        tag = [(274, "H", 1, orientation, True)]
        tiff(f"orientation_{orientation}.tif", RGB, turned, photometric="rgb", compression="zlib", extratags=tag)
    inks = PICTURE.convert("CMYK")
    inks.save(OUT / "cmyk.tif", compression="tiff_lzw")
    exact("cmyk.tif", reopened("cmyk.tif"))
    bits = PICTURE.convert("1")
    for name, compression in (("bits_1.tif", None), ("fax_4.tif", "group4"), ("fax_3.tif", "group3")):
        bits.save(OUT / name, compression=compression)
        exact(name, np.asarray(bits.convert("RGB")))
    PICTURE.save(OUT / "jpeg.tif", compression="jpeg", quality=90)
    near("jpeg.tif", reopened("jpeg.tif"), 4)
    ycbcr = np.asarray(PICTURE.convert("YCbCr"))
    plain_tiff("ycbcr.tif", ycbcr.tobytes(), 8, 3, 6, (530, 1 << 16 | 1))
    near("ycbcr.tif", np.asarray(Image.fromarray(ycbcr, "YCbCr").convert("RGB")), 3)
    plain = {"metadata": None, "software": False}
    tifffile.imwrite(OUT / "refused_float.tif", GREY.astype(np.float32) / 255, photometric="minisblack", **plain)
    tifffile.imwrite(OUT / "refused_lzma.tif", GREY, photometric="minisblack", compression="lzma", **plain)
    tifffile.imwrite(OUT / "refused_preview.tif", GREY, photometric="minisblack", subfiletype=1, **plain)


# HEIC and AVIF


def write_heif():
    pillow_heif.register_heif_opener()
    best = {"quality": 95, "chroma": 444}
    PICTURE.save(OUT / "plain.heic", **best)
    near("plain.heic", reopened("plain.heic"), 3)
    SMOOTH.save(OUT / "quarter.heic", quality=90, chroma=420)
    near("quarter.heic", reopened("quarter.heic"), 12)
    Image.fromarray(GREY).save(OUT / "grey.heic", quality=95)
    near("grey.heic", reopened("grey.heic"), 3)
    Image.fromarray(RGBA).save(OUT / "alpha.heic", **best)
    near("alpha.heic", over_white(np.asarray(Image.open(OUT / "alpha.heic").convert("RGBA"))), 4)
    PICTURE.save(OUT / "turned.heic", exif=exif_bytes(6), **best)
    near("turned.heic", reopened("turned.heic"), 3)
    assert reopened("turned.heic").shape[:2] == (WIDTH, HEIGHT)
    deep = (RGB.astype(np.uint16) << 8) | RGB
    pillow_heif.encode("RGB;16", (WIDTH, HEIGHT), deep.tobytes(), OUT / "deep.heic", **best)
    near("deep.heic", reopened("deep.heic"), 4)

    best = {"quality": 95, "subsampling": "4:4:4", "speed": 6}
    PICTURE.save(OUT / "plain.avif", **best)
    near("plain.avif", reopened("plain.avif"), 3)
    SMOOTH.save(OUT / "quarter.avif", quality=90, subsampling="4:2:0", speed=6)
    near("quarter.avif", reopened("quarter.avif"), 12)
    Image.fromarray(RGBA).save(OUT / "alpha.avif", **best)
    near("alpha.avif", over_white(np.asarray(Image.open(OUT / "alpha.avif").convert("RGBA"))), 4)
    PICTURE.save(OUT / "turned.avif", exif=exif_bytes(6), **best)
    near("turned.avif", reopened("turned.avif"), 3)
    assert reopened("turned.avif").shape[:2] == (WIDTH, HEIGHT)
    PICTURE.save(OUT / "film.avif", save_all=True, append_images=[PICTURE.rotate(180)], duration=50, **best)
    near("film.avif", reopened("film.avif"), 3)


def main():
    OUT.mkdir(exist_ok=True)
    write_bmp()
    write_gif()
    write_tiff()
    write_heif()
    (OUT / "files.json").write_text(json.dumps(FILES, indent=1) + "\n")


if __name__ == "__main__":
    main()
