"""How far colours are apart for eyes of every kind: the least distance in Oklab (Ottosson 2020)
between any two of them, as normal eyes and the three kinds of dichromats see them (Machado, Oliveira
& Fernandes 2009, severity 1)."""

import itertools
import math

SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_OKLAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)


def times(matrix, vector):
    return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]


def linear(colour):
    """Linear red, green and blue of "#rrggbb"."""
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


def oklab(rgb):
    return times(TO_OKLAB, [max(value, 0) ** (1 / 3) for value in times(TO_CONES, rgb)])


def least_distance(colours, sight):
    seen = [oklab([min(max(v, 0), 1) for v in times(SIGHTS[sight], linear(colour))]) for colour in colours]
    return min(math.dist(a, b) for a, b in itertools.combinations(seen, 2))


def contrast(first, second):
    """Of WCAG 2, from 1 to 21."""
    light = sorted(
        sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True)) for c in (first, second)
    )
    return (light[1] + 0.05) / (light[0] + 0.05)
