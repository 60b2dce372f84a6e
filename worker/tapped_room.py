"""A room whose sound also goes to a recorder: what comes from the microphones that are read, and what is played.

It is a room like the one inside it, so nobody who uses it needs to know of recordings.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from shared.ids import Identity
from worker.ports import AgentMood, CallRoom, CaptionStream, MayWait, MicrophoneOn, Pcm, RoomEvent
from worker.recorder import Recorder


class TappedRoom(CallRoom):
    def __init__(self, room: CallRoom, recorder: Recorder) -> None:
        self._room = room
        self._recorder = recorder
        self._owners: dict[str, Identity] = {}

    async def join(self, on_event: Callable[[RoomEvent], None]) -> None:
        def noted(event: RoomEvent) -> None:
            if isinstance(event, MicrophoneOn):
                self._owners[event.track_id] = event.identity
            on_event(event)

        await self._room.join(noted)

    async def microphone(self, track_id: str, may_wait: MayWait | None = None) -> AsyncIterator[Pcm]:
        who = self._owners.get(track_id, Identity(track_id))
        async for frame in self._room.microphone(track_id, may_wait):
            self._recorder.hear(who, frame)
            yield frame

    async def play(self, pcm: Pcm) -> None:
        self._recorder.speak(pcm, self._room.queued_ms())
        await self._room.play(pcm)

    def queued_ms(self) -> float:
        return self._room.queued_ms()

    def stop_playing(self) -> None:
        self._recorder.cut()
        self._room.stop_playing()

    async def show_mood(self, mood: AgentMood) -> None:
        await self._room.show_mood(mood)

    async def caption(self, speaker: Identity, track_id: str | None, segment_id: str, text: str, final: bool) -> None:
        await self._room.caption(speaker, track_id, segment_id, text, final)

    async def agent_caption(self, segment_id: str) -> CaptionStream:
        return await self._room.agent_caption(segment_id)

    async def tell(self, topic: str, payload: bytes) -> None:
        await self._room.tell(topic, payload)

    async def leave(self) -> None:
        await self._room.leave()
