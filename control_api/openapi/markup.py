"""HTML from small pieces, each escaped where it is made."""

from __future__ import annotations

import re
from html import escape

Html = str
"""Text that is safe to put into a page."""

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


def element(tag: str, *children: Html, **attributes: str) -> Html:
    """`class_` for ``class``; the children are HTML, the attributes plain text."""
    written = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{''.join(children)}</{tag}>"


def text(value: str) -> Html:
    return escape(value, quote=False)


def code(value: str, **attributes: str) -> Html:
    return element("code", text(value), **attributes)


def inline(markdown: str) -> Html:
    """Backticks and double asterisks."""
    return _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", text(markdown)))


def prose(markdown: str) -> Html:
    """Paragraphs, ``-`` lists and pipe tables, separated by empty lines or by their first character."""
    return "".join(_block(block.splitlines()) for block in re.split(r"\n\s*\n", markdown.strip()) if block.strip())


def _block(lines: list[str]) -> Html:
    if lines[0].startswith("|"):
        return table(_cells(lines[0]), [_cells(line) for line in lines[2:]])
    first_item = next((index for index, line in enumerate(lines) if line.startswith("- ")), len(lines))
    paragraph = element("p", inline(" ".join(lines[:first_item]))) if first_item else ""
    items = [element("li", inline(line.removeprefix("- "))) for line in lines[first_item:]]
    return paragraph + (element("ul", *items) if items else "")


def _cells(line: str) -> list[Html]:
    return [inline(cell.strip()) for cell in line.strip().strip("|").split("|")]


def table(head: list[Html], rows: list[list[Html]]) -> Html:
    header = element("thead", element("tr", *(element("th", cell) for cell in head)))
    body = element("tbody", *(element("tr", *(element("td", cell) for cell in row)) for row in rows))
    return element("div", element("table", header, body), class_="table")
