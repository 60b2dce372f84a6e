"""The rows as a picture: two groups of bars in one SVG, drawn by hand. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from scripts.bench.rows import Row

_WIDTH, _LABEL, _BAR, _GAP, _TOP = 760, 190, 18, 8, 56
_OURS, _OTHER, _FLOOR = "#2563eb", "#94a3b8", "#cbd5e1"


def as_svg(rows: Sequence[Row], title: str) -> str:
    """Cores per call, and response p50 with p95 behind it; shorter is better in both."""
    cores = [(row.system, row.cores_per_call, row.cores_per_call) for row in rows]
    response = [(row.system, float(row.response_p50_ms or 0), float(row.response_p95_ms or 0)) for row in rows]
    first, height = _group("CPU cores per call", cores, _TOP, "{:.3f}")
    second, height = _group("response heard by the caller, ms (p50, p95 behind it)", response, height + 28, "{:.0f}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height + 12}" font-family="sans-serif" '
        f'font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="12" y="24" font-size="15" font-weight="bold">{escape(title)}</text>{first}{second}</svg>\n'
    )


def _group(head: str, bars: Sequence[tuple[str, float, float]], top: int, form: str) -> tuple[str, int]:
    longest = max((outer for _, _, outer in bars), default=0.0) or 1.0
    room = _WIDTH - _LABEL - 110
    parts = [f'<text x="12" y="{top}" font-weight="bold">{escape(head)}</text>']
    y = top + 12
    for name, inner, outer in bars:
        middle = y + _BAR - 4
        color = _OURS if name == "ours" else _FLOOR if name == "floor" else _OTHER
        text = form.format(inner) if inner == outer else f"{form.format(inner)}, {form.format(outer)}"
        parts.append(f'<text x="12" y="{middle}">{escape(name)}</text>')
        parts.append(_bar(y, outer / longest * room, color, 0.35))
        parts.append(_bar(y, inner / longest * room, color, 1.0))
        parts.append(f'<text x="{_LABEL + outer / longest * room + 8:.0f}" y="{middle}">{text}</text>')
        y += _BAR + _GAP
    return "".join(parts), y


def _bar(y: int, width: float, color: str, opacity: float) -> str:
    return f'<rect x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="{color}" opacity="{opacity}"/>'
