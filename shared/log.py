"""Logs: one JSON object a line on stderr, constant messages, facts as fields.

Bind what every line of a task should carry with `structlog.contextvars.bind_contextvars(call_id=..., room=...)`.
Never log a transcript, a prompt, a person's name, a token or a body; sizes are fine. Lines of libraries that use
`logging` go the same way, so that an operator reads one stream.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal, TextIO, cast

import structlog

LogFormat = Literal["json", "plain"]


def configure(process: str, *, level: str = "info", style: LogFormat = "json", stream: TextIO | None = None) -> None:
    """Set up structlog and `logging` once per process; `process` names it in every line (``api``, ``worker``)."""
    shared_steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

    def add_process(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        event["process"] = process
        return event

    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared_steps, structlog.stdlib.add_logger_name],
            processors=[add_process, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


def _on_stderr(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


# A program that sets nothing up (a command, a benchmark) keeps its stdout for its answer, too.
structlog.configure(logger_factory=_on_stderr)
