"""An event file by TensorBoard's own writer: run in this folder.

Made with tensorboard 2.21.0 and protobuf 7.36.2. `events.tfevents` holds the records of `STEPS`, which a test writes too,
byte for byte; what TensorBoard's reader makes of the file is checked here.
"""

import struct
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

# Wall time, step, values by tag.
STEPS = [
    (1700000000.25, 1, {"learning/loss": 2.5, "learning/tokens per second": 1234.5}),
    (1700000001.0, 200, {"learning/loss": float("inf")}),
    (1700000002.125, 3_000_000_000, {"learning/loss": -0.1, "\u00e4": 0.0}),
]

path = Path("events.tfevents")
with path.open("wb") as file:
    writer = RecordWriter(file)
    writer.write(Event(wall_time=1700000000.0, file_version="brain.Event:2").SerializeToString())
    for time, step, values in STEPS:
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
        writer.write(Event(wall_time=time, step=step, summary=summary).SerializeToString())

opened = EventAccumulator(str(path))
opened.Reload()
for time, step, values in STEPS:
    for tag, value in values.items():
        single = struct.unpack("<f", struct.pack("<f", value))[0]
        assert (time, step, single) in [(e.wall_time, e.step, e.value) for e in opened.Scalars(tag)], (tag, opened.Scalars(tag))
