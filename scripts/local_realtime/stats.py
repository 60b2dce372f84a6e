"""What happened in each session: the instrument of fault tests."""

from __future__ import annotations

from collections import Counter, deque
from typing import Any, Final

from scripts.local_realtime.conversation import Item
from scripts.local_realtime.protocol import Event

_LOG_LENGTH: Final = 400
_KEPT_SESSIONS: Final = 200
_COUNTED_ONLY: Final = frozenset(
    {"input_audio_buffer.append", "response.output_audio.delta", "response.output_audio_transcript.delta"}
)
"""Too many for a log."""


class SessionRecord:
    """The figures of one session. ``now_s`` is a monotonic clock's."""

    def __init__(self, session_id: str, connection: int, model: str, now_s: float) -> None:
        self.id = session_id
        self._connection = connection
        self._model = model
        self._opened_s = now_s
        self._closed_s: float | None = None
        self._close_code: int | None = None
        self._audio_in_ms = 0.0
        self._audio_out_ms = 0.0
        self._last_second: deque[tuple[float, float]] = deque()
        self._in_last_second_ms = 0.0
        self._peak_ms_per_s = 0.0
        self._counts: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._truncations: list[dict[str, Any]] = []
        self._log: deque[dict[str, Any]] = deque(maxlen=_LOG_LENGTH)
        self._items: list[dict[str, Any]] = []

    @property
    def open(self) -> bool:
        """Whether the connection is up."""
        return self._closed_s is None

    def audio_received(self, length_ms: float, now_s: float) -> None:
        """Audio came in."""
        self._audio_in_ms += length_ms
        self._last_second.append((now_s, length_ms))
        self._in_last_second_ms += length_ms
        while now_s - self._last_second[0][0] >= 1.0:
            self._in_last_second_ms -= self._last_second.popleft()[1]
        self._peak_ms_per_s = max(self._peak_ms_per_s, self._in_last_second_ms)

    def audio_sent(self, length_ms: float) -> None:
        """Audio of a response that is over went out."""
        self._audio_out_ms += length_ms

    def received(self, kind: str, now_s: float) -> None:
        """A client event came in."""
        self._note("in", kind, now_s)

    def sent(self, kind: str, event: Event | None, now_s: float) -> None:
        """A server event went out; ``event`` is None for ready frames."""
        detail = None
        if event is not None:
            detail = self._look_into(event)
        self._note("out", kind, now_s, detail)

    def fault(self, kind: str, now_s: float) -> None:
        """A fault of the script was carried out."""
        self._note("fault", kind, now_s)

    def close(self, code: int | None, items: list[Item], now_s: float) -> None:
        """The connection is gone."""
        self._closed_s, self._close_code = now_s, code
        self._items = [item_summary(item) for item in items]

    def summary(self, now_s: float, items: list[Item] | None = None) -> dict[str, Any]:
        """As JSON. ``items`` are those of an open session."""
        return {
            "id": self.id,
            "connection": self._connection,
            "model": self._model,
            "open": self.open,
            "closeCode": self._close_code,
            "seconds": round((now_s if self._closed_s is None else self._closed_s) - self._opened_s, 3),
            "audioReceivedMs": round(self._audio_in_ms, 1),
            "audioSentMs": round(self._audio_out_ms, 1),
            "peakAudioMsPerSecond": round(self._peak_ms_per_s, 1),
            "responses": dict(self._statuses),
            "truncations": self._truncations,
            "events": dict(self._counts),
            "items": self._items if items is None else [item_summary(item) for item in items],
        }

    def log(self) -> list[dict[str, Any]]:
        """The newest events, oldest first, without audio and transcript deltas."""
        return list(self._log)

    def _look_into(self, event: Event) -> str | None:
        match event["type"]:
            case "response.done":
                response = event["response"]
                self._statuses[response["status"]] += 1
                details = response["status_details"] or {}
                return str(details.get("reason") or (details.get("error") or {}).get("code") or response["status"])
            case "conversation.item.truncated":
                self._truncations.append({"itemId": event["item_id"], "audioEndMs": event["audio_end_ms"]})
                return f"{event['audio_end_ms']} ms"
            case "error":
                return str(event["error"]["code"])
            case _:
                return None

    def _note(self, direction: str, kind: str, now_s: float, detail: str | None = None) -> None:
        self._counts[kind] += 1
        if kind in _COUNTED_ONLY:
            return
        entry: dict[str, Any] = {"atMs": round((now_s - self._opened_s) * 1000), "direction": direction, "type": kind}
        if detail is not None:
            entry["detail"] = detail
        self._log.append(entry)


def item_summary(item: Item) -> dict[str, Any]:
    """One conversation item without its audio."""
    found = {
        "id": item.id,
        "type": item.wire.get("type"),
        "role": item.role,
        "status": item.wire.get("status"),
        "text": item.text or None,
        "audioMs": round(item.audio_ms, 1) or None,
        "truncatedAtMs": item.truncated_at_ms,
        "fromClient": not item.live,
        "name": item.wire.get("name"),
        "arguments": item.wire.get("arguments"),
        "output": item.wire.get("output"),
    }
    return {name: value for name, value in found.items() if value is not None}


class Statistics:
    """The records of the newest sessions, and totals."""

    def __init__(self) -> None:
        self.sessions_total = 0
        self.handshakes_refused = 0
        self._records: dict[str, SessionRecord] = {}

    def add(self, record: SessionRecord) -> None:
        """A session began. The oldest closed one makes room."""
        self.sessions_total += 1
        self._records[record.id] = record
        if len(self._records) > _KEPT_SESSIONS:
            oldest = next((old.id for old in self._records.values() if not old.open), None)
            if oldest is not None:
                del self._records[oldest]

    def records(self) -> list[SessionRecord]:
        """Oldest first."""
        return list(self._records.values())

    def find(self, session_id: str) -> SessionRecord | None:
        """The record of a session."""
        return self._records.get(session_id)
