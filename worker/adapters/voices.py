"""Which of a person's tracks is their voice. Pure.

One that is called a microphone comes before one that has no name, whichever came first; of two alike the newest is
meant. When the one that is heard goes, the best of those that are left is heard again.
"""

from __future__ import annotations

from shared.ids import Identity


class Voices:
    def __init__(self) -> None:
        self._tracks: dict[Identity, dict[str, bool]] = {}
        """Of each person, the oldest first, and whether it is called a microphone."""

    def came(self, who: Identity, track_id: str, *, named: bool) -> bool:
        """Whether the new track is their voice now."""
        tracks = self._tracks.setdefault(who, {})
        tracks.pop(track_id, None)
        tracks[track_id] = named
        return _voice(tracks) == track_id

    def went(self, who: Identity, track_id: str) -> str | None:
        """Which other track is their voice from now on; None when that does not change, or there is none."""
        tracks = self._tracks.get(who, {})
        was_heard = _voice(tracks) == track_id
        tracks.pop(track_id, None)
        if not tracks:
            self.forget(who)
        return _voice(tracks) if was_heard else None

    def forget(self, who: Identity) -> None:
        self._tracks.pop(who, None)


def _voice(tracks: dict[str, bool]) -> str | None:
    named = [track_id for track_id, is_named in tracks.items() if is_named]
    return next(reversed(named or list(tracks)), None)
