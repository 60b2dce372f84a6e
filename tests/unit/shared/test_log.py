import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from shared import log


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    stream = io.StringIO()
    log.configure("worker", level="info", stream=stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()


def test_one_json_object_a_line_with_the_bound_facts(stream: io.StringIO) -> None:
    structlog.contextvars.bind_contextvars(call_id="c1")
    log.get_logger("x").info("call claimed", epoch=2)
    line = json.loads(stream.getvalue())
    assert line["event"] == "call claimed"
    assert (line["call_id"], line["epoch"], line["process"], line["level"]) == ("c1", 2, "worker", "info")


def test_lines_of_libraries_go_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("livekit").warning("something %s", "happened")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["logger"], line["process"]) == ("something happened", "livekit", "worker")


def test_below_the_level_nothing_is_written(stream: io.StringIO) -> None:
    log.get_logger("x").debug("noise")
    assert stream.getvalue() == ""


def test_a_program_that_sets_nothing_up_keeps_stdout_for_its_answer() -> None:
    program = "from shared import log; log.get_logger('x').warning('asking again', track='TR_1')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    assert "asking again" in ran.stderr
