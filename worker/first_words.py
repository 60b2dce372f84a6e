"""What an agent is asked to say when the caller is there. Pure."""

from __future__ import annotations

_GREETING = 'The call begins. Greet the caller by saying exactly this, and nothing else: "{greeting}"'
_TAKE_OVER = (
    "Your connection to this call was lost for a moment and is back; the talk so far is above. Tell the caller so in "
    "one short sentence, in the language of the talk. When their last words above have no answer yet, answer them "
    "then. Else ask what they said last, for you did not hear what they said meanwhile, like: "
    '"I am back, sorry for the short break. I may have missed what you said, could you say it again, please?" Do not '
    "greet again, and do not repeat what was answered."
)


def first_words(greeting: str, *, takes_over: bool, knows_the_talk: bool) -> str | None:
    """Instructions for the first answer; None: the caller speaks first.

    An agent that takes over from one that was lost tells the caller so: they have heard it break off, and what they
    said meanwhile is gone. Only when nothing at all was said yet, the greeting is what they still wait for.
    """
    if takes_over and (knows_the_talk or not greeting):
        return _TAKE_OVER
    return _GREETING.format(greeting=greeting) if greeting else None
