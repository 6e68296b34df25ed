"""A small trained model: balls, cats and dogs in red and blue, drawn as SVG."""

import pathlib
import subprocess

ENCODERS = pathlib.Path(__file__).resolve().parent.parent / "reference" / "encoders"
COLOURS = {"red": "#d22", "blue": "#22d"}
SHAPES = {
    "ball": '<circle cx="{x}" cy="{y}" r="{r}" fill="{colour}"/>',
    "cat": '<polygon points="{left},{y} {x},{top} {right},{y}" fill="{colour}"/>',
    "dog": '<rect x="{left}" y="{y}" width="{wide}" height="{r}" fill="{colour}"/>',
}


def write_pictures(folder):
    """Writes 60 drawings with two captions each. Returns the table of captions and the folder of drawings."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True)
    rows = ["image,caption,split"]
    for number in range(10):
        split = "train" if number < 7 else "dev" if number < 8 else "test"
        x, y, r = 26 + 3 * (number % 5), 24 + 4 * (number // 3), 14 + number % 4
        places = {"x": x, "y": y, "r": r, "left": x - r, "right": x + r, "top": y - 2 * r, "wide": 2 * r}
        for name, colour in COLOURS.items():
            for shape, drawing in SHAPES.items():
                file = f"{name}-{shape}-{number}.svg"
                (pictures / file).write_text(
                    '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
                    + drawing.format(colour=colour, **places)
                    + "</svg>\n"
                )
                rows.append(f"pictures/{file},a {name} {shape},{split}")
                rows.append(f'pictures/{file},"{shape}, {name}.",{split}')
    table = folder / "captions.csv"
    table.write_text("\n".join(rows) + "\n")
    return table, pictures


def encode_command(tandem, table, features):
    return [
        *(tandem, "encode", "--data", f"csv:{table}", "--out", features, "--strict", "--json"),
        *("--image-encoder", ENCODERS / "tiny_resnet_basic"),
        *("--text-encoder", ENCODERS / "tiny_bert", "--text-pooling", "mean"),
    ]


def train(tandem, folder):
    """Encodes and trains with the program `tandem`. Returns the run and the folder of drawings."""
    table, pictures = write_pictures(folder)
    features, run = folder / "features", folder / "run"
    options = ["--head", "linear", "--width", "16", "--epochs", "60", "--batch-size", "40", "--threads", "1"]
    for command in (encode_command(tandem, table, features), [tandem, "train", features, "--out", run, *options]):
        subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    return run, pictures
