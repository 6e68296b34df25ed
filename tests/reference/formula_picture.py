"""The picture that tests/images/formula_picture.h repeats, and what the scripts that make picture files share."""

import zlib

import numpy as np
from PIL import Image


def formula_picture(height, width):
    """Ramps with sharp steps in them, so that filters overshoot; the same integers as formula_picture.h."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    red = (x * 7 + y * 3) % 256
    green = (x * x + y * 11) // 5 % 256
    blue = np.where((x // 4 + y // 3) % 2 == 0, 255 - (x * y) % 97, (x * y) % 89)
    return np.stack([red, green, blue], axis=2).astype(np.uint8)


def adler(pixels):
    return zlib.adler32(np.ascontiguousarray(pixels).tobytes())


def exif_bytes(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def over_white(rgba):
    colour, alpha = rgba[..., :3].astype(np.int64), rgba[..., 3:].astype(np.int64)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
