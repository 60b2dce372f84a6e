"""Speaks the stored lines in place of the model, through the agent's own mouth: they have captions, can (mostly) be
interrupted and stand in the transcript. They are no answers: nobody's turn is measured by them, and the model does not
hear of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from shared import pcm
from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.log import get_logger
from worker.clip import ITEM_PREFIX, UNBROKEN, ClipName, Clips
from worker.conversation import Conversation
from worker.mouth import Mouth

_log = get_logger(__name__)


class StandIn:
    def __init__(
        self, clips: Clips, mouth: Mouth, conversation: Conversation, report: Callable[[ReportEvent], None]
    ) -> None:
        self._clips = clips
        self._mouth = mouth
        self._conversation = conversation
        self._report = report
        self._names: dict[str, ClipName] = {}

    def say(self, name: ClipName) -> None:
        """Behind what is being said, if anything is."""
        clip = self._clips[name]
        # Unique in the call, whose next agent says such lines too.
        item_id = f"{ITEM_PREFIX}{secrets.token_hex(6)}"
        self._names[item_id] = name
        words = self._conversation.agent_item(item_id)
        words.add_text(clip.text)
        words.add_audio(pcm.ms_of(len(clip.audio)))
        words.complete()
        self._mouth.say(item_id, clip.audio, unbroken=name in UNBROKEN)
        self._mouth.finish(item_id)

    @staticmethod
    def speaks(item_id: str) -> bool:
        """Whether the item is a stored line."""
        return item_id.startswith(ITEM_PREFIX)

    def began(self, item_id: str) -> None:
        """The line begins to be heard."""
        name = self._names[item_id]
        self._report(Happened(HappenedKind.CLIP_PLAYED, name.value))
        _log.info("stored line", name=name.value)

    def over(self, item_id: str) -> None:
        """Nothing more of the item will be heard, whether it is a line or not."""
        self._names.pop(item_id, None)
