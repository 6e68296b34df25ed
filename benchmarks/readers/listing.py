"""How fast captions and places are read, against Python's json and GNU tar.

    cmake --build build --target list_data
    python3 benchmarks/readers/listing.py [--pictures 120000] [--scratch FOLDER]

Makes a COCO of that many (empty) pictures with five captions each, and tar shards of as many
samples of 15 kB, in the scratch folder, and takes the least processor time of five warm runs of
each: a busy machine disturbs that less than the clock. Needs 2.4 GB there for 120,000.
"""

import argparse
import io
import json
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORDS = (
    "a the man woman dog cat on in with of red blue street table riding holding standing next to two people plate food"
).split()

PEER = """
import json, sys, time
start = time.process_time()
document = json.load(open(sys.argv[1]))
captions = {image["id"]: (image["file_name"], []) for image in document["images"]}
for annotation in document["annotations"]:
    captions[annotation["image_id"]][1].append(annotation["caption"])
seconds = time.process_time() - start
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(
    json.dumps(
        {
            "cpu_seconds": seconds,
            "pictures": len(captions),
            "captions": sum(len(c) for _, c in captions.values()),
            "peak_mib": int(peak.split()[1]) / 1024,
        }
    )
)
"""


def caption(dice):
    return " ".join(dice.choice(WORDS) for _ in range(dice.randint(8, 14))).capitalize() + "."


def make_coco(folder, count):
    dice = random.Random(1)
    (folder / "annotations").mkdir(parents=True)
    (folder / "train2017").mkdir()
    images, annotations = [], []
    for i in range(count):
        name = f"{i * 5:012d}.jpg"
        (folder / "train2017" / name).touch()
        images.append(
            {
                "license": 3,
                "file_name": name,
                "coco_url": f"http://images.cocodataset.org/train2017/{name}",
                "height": 480,
                "width": 640,
                "date_captured": "2013-11-14 11:18:45",
                "flickr_url": f"http://farm4.staticflickr.com/3153/2970773875_{i:010d}_z.jpg",
                "id": i * 5,
            }
        )
        annotations += [{"image_id": i * 5, "id": i * 7 + k, "caption": caption(dice)} for k in range(5)]
    dice.shuffle(annotations)
    (folder / "annotations" / "captions_train2017.json").write_text(
        json.dumps({"info": {}, "images": images, "licenses": [], "annotations": annotations})
    )


def make_shards(folder, count, per_shard=10000):
    dice = random.Random(2)
    folder.mkdir()
    picture = b"\xff\xd8\xff" + dice.randbytes(15000)
    for first in range(0, count, per_shard):
        with tarfile.open(folder / f"{first // per_shard:05d}.tar", "w", format=tarfile.USTAR_FORMAT) as tar:
            for i in range(first, min(count, first + per_shard)):
                for ending, data in (
                    ("jpg", picture),
                    ("txt", caption(dice).encode()),
                    ("json", json.dumps({"caption": caption(dice), "width": 640, "height": 480}).encode()),
                ):
                    info = tarfile.TarInfo(f"{i:09d}.{ending}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))


def best(command, runs=5):
    results = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(runs)
    ]
    return min(results, key=lambda result: result["cpu_seconds"])


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def best_of_tar(shards, scratch, runs=5):
    seconds, members = [], 0
    for _ in range(runs):
        start = children_seconds()
        with open(scratch / "members.txt", "wb") as out:
            for shard in shards:
                subprocess.run(["tar", "tf", shard], check=True, stdout=out)
        seconds.append(children_seconds() - start)
        members = (scratch / "members.txt").read_bytes().count(b"\n")
    return {"cpu_seconds": min(seconds), "members": members}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=120000)
    parser.add_argument("--scratch", default=None)
    parser.add_argument("--program", default=str(ROOT / "build" / "list_data"))
    parser.add_argument("--keep", action="store_true", help="leave the data in the scratch folder")
    arguments = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(dir=arguments.scratch))
    try:
        print("making data ...", file=sys.stderr)
        make_coco(scratch / "coco", arguments.pictures)
        make_shards(scratch / "shards", arguments.pictures)
        ours = best([arguments.program, f"coco:{scratch / 'coco'}"])
        peer = best([sys.executable, "-c", PEER, str(scratch / "coco" / "annotations" / "captions_train2017.json")], 3)
        assert ours["pictures"] == peer["pictures"] and ours["captions"] == peer["captions"], (ours, peer)
        size = (scratch / "coco" / "annotations" / "captions_train2017.json").stat().st_size / 1e6
        print(
            f"COCO, {ours['pictures']:,} pictures, {ours['captions']:,} captions, {size:.0f} MB of JSON: "
            f"tandem {ours['cpu_seconds']:.2f} CPU s (by the clock {ours['seconds']:.2f}), "
            f"peak {ours['peak_mib']:.0f} MiB; Python's json, without looking for the pictures, "
            f"{peer['cpu_seconds']:.2f} CPU s, peak {peer['peak_mib']:.0f} MiB"
        )
        shards = sorted((scratch / "shards").iterdir())
        tar = best_of_tar(shards, scratch)
        members = best([arguments.program, f"members:{scratch / 'shards'}"])
        texts = best([arguments.program, f"texts:{scratch / 'shards'}"])
        read = best([arguments.program, f"webdataset:{scratch / 'shards'}"])
        assert members["members"] == texts["members"] == tar["members"] and read["pictures"] == arguments.pictures, (
            members,
            tar,
            read,
        )
        print(
            f"tar, {tar['members']:,} members in {len(shards)} shards: tar tf {tar['cpu_seconds']:.2f} CPU s; "
            f"tandem walks them in {members['cpu_seconds']:.2f} "
            f"({tar['cpu_seconds'] / members['cpu_seconds']:.2f} times tar's speed), "
            f"with the bytes of every text and JSON in {texts['cpu_seconds']:.2f} "
            f"({tar['cpu_seconds'] / texts['cpu_seconds']:.2f} times tar's speed), both on one thread; "
            f"makes them a list of pictures with captions in {read['cpu_seconds']:.2f} on all cores together, "
            f"by the clock {read['seconds']:.2f} s, peak {read['peak_mib']:.0f} MiB"
        )
    finally:
        if arguments.keep:
            print(f"kept: {scratch}", file=sys.stderr)
        else:
            shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
