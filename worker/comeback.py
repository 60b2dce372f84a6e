"""What the model is asked to say when it is back after a break, or to take up after one. Pure."""

from __future__ import annotations

_GO_ON = (
    "The sound of your last answer broke off. Go on from where it stopped, in the language of the talk; do not begin "
    "again and do not mention it."
)
FILTERED = (
    "Your last answer was stopped before its end: it may not be said. Tell the caller in one short sentence, in the "
    "language of the talk, that you cannot speak about that, and ask what else you can do."
)
_NOT_HEARD = (
    "The connection broke while the caller was speaking, and you did not hear it. Tell the caller so in one short "
    'sentence, in the language of the talk, like: "Sorry, I did not hear that. Could you say it again, please?"'
)
_BACK = (
    "The connection broke for a while and is back. Tell the caller so in one short sentence, in the language of the "
    'talk, like: "I am back. Please go on."'
)


def comeback(
    *, line: str | None, is_owed: bool, broke_off: bool, unheard: bool, was_filled: bool
) -> tuple[bool, str | None]:
    """Whether to ask the model to speak, and with which instructions (None: it answers by itself).

    `line` is what it was asked to say and did not. `broke_off`: an answer was heard in part. `unheard`: words of the
    caller are lost. `was_filled`: the caller was put off by a stored line.
    """
    if line is not None:
        return True, line
    if unheard:
        return True, _NOT_HEARD
    if broke_off:
        return True, _GO_ON
    if is_owed:
        return True, None
    return was_filled, _BACK
