"""Which answer the model is at, and which item of it. Pure.

Events name their answer and their item. Where one does not, or names them for the first time, it is about what is open.
"""

from __future__ import annotations

from itertools import count

MAX_CLOSED = 64


class OpenAnswer:
    def __init__(self) -> None:
        self.response_id = ""
        """Of the newest answer."""
        self.is_open = False
        self._is_named = True
        """Whether the service has told its id."""
        self._item_id = ""
        self._closed: dict[str, None] = {}
        self._numbers = count(1)

    def created(self, told_id: str) -> str:
        """Another answer has begun. Gives its id."""
        self.response_id = told_id or f"response_{next(self._numbers)}"
        self.is_open, self._is_named, self._item_id = True, bool(told_id), ""
        return self.response_id

    def part(self, told_id: str) -> tuple[str, bool]:
        """A part of an answer has come: of which, and whether nobody has told that this one began."""
        if self.is_open and not self._is_named and told_id not in self._closed:
            return self.response_id, False
        if not told_id or told_id == self.response_id:
            return self.response_id, False
        if self.is_open or told_id in self._closed:
            return told_id, False  # of one that was given up for another
        return self.created(told_id), True

    def item(self, response_id: str, told_id: str) -> str:
        """Which item of an answer the part is of."""
        if response_id != self.response_id:
            return told_id
        self._item_id = told_id or self._item_id or f"item_of_{response_id}"
        return self._item_id

    def done(self, told_id: str) -> str:
        """An answer is over. Gives its id."""
        is_this = not told_id or told_id == self.response_id or (self.is_open and not self._is_named)
        response_id = self.response_id if is_this else told_id
        if is_this:
            self.is_open = False
        for over in filter(None, (response_id, told_id)):
            self._closed[over] = None
        while len(self._closed) > MAX_CLOSED:
            self._closed.pop(next(iter(self._closed)))
        return response_id
