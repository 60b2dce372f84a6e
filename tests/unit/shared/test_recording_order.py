from dataclasses import replace

import pytest

from shared import wire
from shared.ids import EgressId
from shared.recording_order import (
    Channels,
    FileType,
    JoinOrder,
    RecordingOrder,
    egress_id_of,
    part_path,
    peaks_path,
    whole_path,
)

ORDER = RecordingOrder(EgressId("EG_1"), FileType.OGG, "0192f0c1/EG_1.ogg", Channels.TWO_PARTY)


def test_an_order_arrives_as_it_was_sent() -> None:
    assert RecordingOrder.from_args(ORDER.to_args()) == ORDER
    mixed = replace(ORDER, file_type=FileType.MP4, channels=Channels.MIXED, path="a/b/c.mp4")
    assert RecordingOrder.from_args(mixed.to_args()) == mixed
    told = replace(ORDER, notice=True)
    assert RecordingOrder.from_args(told.to_args()) == told
    older = {name: value for name, value in ORDER.to_args().items() if name != "notice"}
    assert not RecordingOrder.from_args(older).notice
    assert egress_id_of(ORDER.to_args()) == "EG_1"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"egressId": "../EG"}, "egressId"),
        ({"egressId": None}, "egressId"),
        ({"fileType": "wav"}, "fileType"),
        ({"channels": "seven"}, "channels"),
        *[
            ({"path": path}, "path")
            for path in ("", "/a.mp4", "a/../b.mp4", "../a.mp4", "a//b.mp4", "a/.b.mp4", "a\0.mp4", "a/%2e.mp4", "a/")
        ],
    ],
)
def test_an_order_that_cannot_be_used_is_refused_by_the_name_of_its_field(
    change: dict[str, object], names: str
) -> None:
    with pytest.raises(wire.WireError, match=names):
        RecordingOrder.from_args(ORDER.to_args() | change)


def test_an_order_to_join_goes_over_the_wire_and_a_path_that_leads_elsewhere_is_refused() -> None:
    order = JoinOrder(EgressId("EG_1"), FileType.OGG, "a/b.parts-1-2.ogg", (("a/b.ogg", 0), ("a/b.part-2.ogg", 9_000)))
    assert JoinOrder.from_args(order.to_args()) == order
    for wrong in ({"path": "../b.ogg"}, {"parts": [{"path": "/etc/passwd", "startsMs": 0}]}, {"parts": "many"}):
        with pytest.raises(wire.WireError):
            JoinOrder.from_args(order.to_args() | wrong)


def test_where_a_part_and_a_waveform_belong() -> None:
    assert part_path("a/b.c.mp4", 2) == "a/b.c.part-2.mp4"
    assert whole_path("a/b.c.mp4", [1, 3]) == "a/b.c.parts-1-3.mp4"
    assert peaks_path("a/b.mp4") == "a/b.mp4.peaks.json"
    assert RecordingOrder.from_args(ORDER.to_args() | {"path": part_path(ORDER.path, 3)})
