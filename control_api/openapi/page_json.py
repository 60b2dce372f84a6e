"""JSON with its parts marked, for a style sheet to colour. No script is needed in the browser."""

from __future__ import annotations

import re

from control_api.openapi.markup import Html, element, text

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=\s*:)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>\b(?:true|false|null|-?[\d.]+)\b)'
)


def highlighted(source: str) -> Html:
    pieces: list[Html] = []
    end = 0
    for match in _TOKEN.finditer(source):
        pieces.append(text(source[end : match.start()]))
        pieces.append(element("span", text(match.group()), class_=match.lastgroup or ""))
        end = match.end()
    return "".join(pieces) + text(source[end:])
