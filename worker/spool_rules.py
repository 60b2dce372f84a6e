"""What a full spool drops: a stated rule, and the same one for every implementation. Pure."""

from __future__ import annotations

from shared.call_report import Happened, ReportEvent, Segment, Turn, Usage

MAX_BYTES = 64 * 1024 * 1024
"""A talkative call writes about 100 bytes a second: this is 20 calls for nine hours without an API."""
FIGURES_SHARE = 0.8


def fits(event: ReportEvent, size_bytes: int, max_bytes: int) -> bool:
    """Whether a spool of `size_bytes` takes `event`. Figures (turns, usage, the timeline) are refused first, from 80 %
    on, so that words still find room; words are refused when it is full; how a call began or ended is always taken."""
    if isinstance(event, Turn | Usage | Happened):
        return size_bytes < max_bytes * FIGURES_SHARE
    if isinstance(event, Segment):
        return size_bytes < max_bytes
    return True
