"""Writes training/scalars.tfevents: an event file by TensorBoard's own writer, read back by its own reader."""

from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

OUT = Path(__file__).parent / "training" / "scalars.tfevents"
SCALARS = [
    (0, {"loss/batch": 6.5}),
    (1, {"loss/batch": 6.25, "logit_scale": 14.3}),
    (300, {"dev/mean_recall": 41.375}),
    (70000, {"loss/epoch": 0.1}),
]


def main():
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=1700000000.5, file_version="brain.Event:2").SerializeToString())
        for step, values in SCALARS:
            summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
            writer.write(Event(wall_time=1700000000.5 + step, step=step, summary=summary).SerializeToString())
        writer.flush()
    read = [event for event in EventFileLoader(str(OUT)).Load() if event.HasField("summary")]
    assert [event.step for event in read] == [step for step, _ in SCALARS], read


if __name__ == "__main__":
    main()
