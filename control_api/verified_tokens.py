"""Remembers for a short time that a token was good: a browser sends the same one with every request of a minute.

Only good tokens are remembered, by their digest, until they expire, and never longer than `KEEP_S`: that is how long a
key that was withdrawn still lets in whoever used it before.
"""

from __future__ import annotations

from collections import OrderedDict

from control_api.clerk_claims import Verified

KEEP_S = 60.0
MAX_TOKENS = 10_000
"""The one that came first is forgotten first; to be verified again costs 0.1 ms."""


class VerifiedTokens:
    def __init__(self, max_tokens: int = MAX_TOKENS) -> None:
        self._tokens: OrderedDict[bytes, tuple[float, Verified]] = OrderedDict()
        self._max_tokens = max_tokens
        self.hits = 0
        self.misses = 0

    def get(self, digest: bytes, now_s: float) -> Verified | None:
        found = self._tokens.get(digest)
        if found is not None and now_s < found[0]:
            self.hits += 1
            return found[1]
        self.misses += 1
        return None

    def put(self, digest: bytes, verified: Verified, now_s: float) -> None:
        while len(self._tokens) >= self._max_tokens:
            self._tokens.popitem(last=False)
        self._tokens[digest] = (min(verified.valid_until_s, now_s + KEEP_S), verified)

    def __len__(self) -> int:
        return len(self._tokens)
