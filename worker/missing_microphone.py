"""What a call's timeline is told of a microphone that is there and is not given to us."""

from __future__ import annotations

from shared.call_report import Happened, HappenedKind
from worker.ports import MicrophoneFound, MicrophoneMissing


def happened(event: MicrophoneMissing | MicrophoneFound) -> Happened:
    match event:
        case MicrophoneMissing():
            return Happened(HappenedKind.MICROPHONE_LOST, event.track_id)
        case MicrophoneFound():
            return Happened(HappenedKind.MICROPHONE_BACK, str(event.after_ms))
