"""A small, polite assistant for the phone of a shop: rules, no model. Pure.

What it does with instructions, and this is all:

* A line ``SAY: text`` in the instructions of ``response.create`` is said word for word.
* A text in quotation marks after say, tell, greet, reply, answer or ask is said word for word.
* ``Greet the caller: text`` says the text; ``Greet the caller.`` says the usual greeting.
* A line ``GREETING: text`` in the session's instructions is said when the assistant speaks first.

Everything else in instructions is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from scripts.local_realtime.numbers import normalise_numbers
from scripts.local_realtime.reply import ToolCall

END_CALL: Final = "end_call"
GREETING: Final = "Hello, this is the order desk. How can I help you?"
ORDERS: Final = {
    "427": "is on its way and arrives tomorrow morning",
    "519": "was delivered on Monday",
    "118": "is being packed and leaves today",
    "702": "was returned, and the refund is on its way",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said in the conversation, oldest first in a history."""

    role: Literal["user", "assistant", "system", "tool"]
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the assistant is to answer."""

    history: Sequence[Line]
    """All of the conversation. The caller's new words, if any, are its last line."""
    is_turn: bool
    """Whether the last line is new and the caller's."""
    instructions: str = ""
    """Of this response only."""
    session_instructions: str = ""
    tools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """The answer."""

    text: str
    calls: tuple[ToolCall, ...] = ()


def answer(question: Question) -> Said:
    """The assistant's next line."""
    ordered = ordered_words(question.instructions, question.session_instructions)
    if ordered:
        return Said(ordered)
    if not question.is_turn:
        return Said(_unasked(question))
    heard = question.history[-1].text.strip()
    if not re.search(r"\w", heard):
        return Said("Sorry, I did not hear you. Could you say that again?")
    for matches, reply in _RULES:
        if matches.search(heard):
            return reply(heard, question)
    return _echo(heard, question)


def ordered_words(instructions: str, session_instructions: str = "") -> str | None:
    """What instructions tell the assistant to say word for word, or None."""
    # livekit-agents puts the session's instructions in front of those of one response
    own = instructions.removeprefix(session_instructions).strip() if session_instructions else instructions.strip()
    for line in reversed(own.splitlines()):
        for pattern in (_SAY, _GREET, _QUOTED):
            if found := pattern.search(line.strip()):
                return found.group("text").strip().strip("\"“”'")
    return None


_SAY: Final = re.compile(r"^SAY:\s*(?P<text>.+)$")
_GREET: Final = re.compile(r"^greet\b[^:\"“]*:\s*(?P<text>.+)$", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\b(?:say|tell|greet|reply|answer|ask)\b[^\"“]*[\"“](?P<text>[^\"”]+)[\"”]", re.IGNORECASE)
_GREETING: Final = re.compile(r"^GREETING:\s*(?P<text>.+)$", re.MULTILINE)


def _unasked(question: Question) -> str:
    """Asked to speak with nothing new said: the greeting, or a word after a function's result."""
    if question.history and question.history[-1].role == "tool":
        return "Done."
    if any(line.role in ("user", "assistant") for line in question.history):
        return "Are you still there? How can I help you?"
    if found := _GREETING.search(question.session_instructions):
        return found.group("text").strip()
    return GREETING


def _earlier(question: Question) -> list[str]:
    return [line.text for line in question.history[:-1] if line.role == "user" and line.text.strip()]


def _first_words(_heard: str, question: Question) -> Said:
    earlier = _earlier(question)
    return Said(f"The first thing you said was: {_plain(earlier[0])}." if earlier else "You have said nothing before.")


def _last_words(_heard: str, question: Question) -> Said:
    earlier = _earlier(question)
    return Said(f"Before that you said: {_plain(earlier[-1])}." if earlier else "You have said nothing before.")


def _order_number(_heard: str, question: Question) -> Said:
    for words in reversed(_earlier(question)):
        if number := _order_in(words):
            return Said(f"Your order number is {spell(number)}.")
    return Said("You have not told me your order number yet.")


def _order_status(heard: str, question: Question) -> Said:
    number = _order_in(heard)
    if number is None:
        number = next((found for words in reversed(_earlier(question)) if (found := _order_in(words))), None)
    if number is None:
        return Said("Which order is it? Please tell me the number.")
    status = ORDERS.get(number)
    if status is None:
        return Said(f"I can not find an order {spell(number)}.")
    return Said(f"Order {spell(number)} {status}.")


def _goodbye(_heard: str, question: Question) -> Said:
    calls = (ToolCall(END_CALL, {"reason": "caller said goodbye"}),) if END_CALL in question.tools else ()
    return Said("Goodbye, and thank you for calling.", calls)


def _help(_heard: str, _question: Question) -> Said:
    return Said("I can tell you where an order is. Just say the order number.")


def _hello(_heard: str, question: Question) -> Said:
    return Said("Hello again." if _earlier(question) else "Hello. How can I help you?")


def _thanks(_heard: str, _question: Question) -> Said:
    return Said("You are welcome. Is there anything else?")


def _echo(heard: str, question: Question) -> Said:
    if re.fullmatch(r"\D*\d{3,}\D*", normalise_numbers(heard)):
        return _order_status(heard, question)
    return Said(f"You said: {_plain(heard)}.")


_Rule = tuple[re.Pattern[str], Callable[[str, Question], Said]]
_RULES: Final[tuple[_Rule, ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), reply)
    for pattern, reply in (
        (r"\bgood\s?-?bye\b|\bbye\b|\bhang up\b|\bsee you\b", _goodbye),
        (r"\bdid i say\b.*\bfirst\b|\bfirst thing\b.*\bsa(?:y|id)\b", _first_words),
        (r"\bdid i (?:just )?say\b|\bwhat i (?:just )?said\b", _last_words),
        (r"\b(?:what|which|tell|remember)\b.*\border(?:ed)?\W+number\b", _order_number),
        (r"\border\b|\bparcel\b|\bpackage\b|\bdelivery\b", _order_status),
        (r"\bwhat can you do\b|\bhelp\b", _help),
        (r"\bthank(?:s| you)\b", _thanks),
        (r"^\W*(?:hello|hi|good (?:morning|afternoon|evening))\b[\w\s,.!]{0,12}$", _hello),
    )
)


def _order_in(words: str) -> str | None:
    found = re.search(r"\d{3,}", normalise_numbers(words))
    return found.group() if found else None


def spell(number: str) -> str:
    """Digits one by one with pauses, which recognisers get right most often."""
    return ", ".join(number)


def _plain(words: str) -> str:
    """Somebody's words as part of a sentence, with order numbers spelled."""
    words = re.sub(r"\d{3,}", lambda found: spell(found.group()), words.strip())
    return words.rstrip(".!?, ")
