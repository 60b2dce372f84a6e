from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.writing import (
    MAX_SIGN_CHARS,
    cut,
    ends_word,
    is_blank,
    is_presentable,
    is_spaceless,
    one_line,
    presentable,
    spaced,
    stands_together,
)

FAMILY = "👩‍👩‍👧"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "sign", ["e\u0301", "कि", "क्ष", "กำ", "ผู้", "ｶﾞ", "👍🏽", "❤️", FAMILY, "🇩🇪", ENGLAND, "각", "می\u200c"[-2:]]
)
def test_a_sign_is_not_cut_in_two(sign: str) -> None:
    text = f"x{sign}y"
    assert [cut(text, chars) for chars in range(1, len(text))] == ["x"] * len(sign) + [f"x{sign}"][
        : len(text) - 1 - len(sign)
    ]
    assert cut(text, len(text)) == text


def test_two_flags_are_two_signs() -> None:
    assert [at for at in range(1, 4) if not stands_together("🇩🇪🇫🇷", at)] == [2]


def test_a_pile_of_marks_is_cut_somewhere() -> None:
    assert len(cut("a" + "\u0301" * 200, 100)) == 100
    assert cut("a" + "\u0301" * 200, MAX_SIGN_CHARS) == ""


@given(st.text(max_size=50), st.integers(0, 50))
def test_what_is_cut_is_a_beginning(text: str, max_chars: int) -> None:
    part = cut(text, max_chars)
    assert text.startswith(part)
    assert len(part) <= max_chars


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("two words", ["two"]),
        ("明日は", ["明", "明日"]),
        ("明日 a", ["明", "明日"]),
        ("a明b", ["a", "a明"]),
        ("ไปบ้าน", ["ไป", "ไปบ้", "ไปบ้า"]),
        ("안녕 너", ["안녕"]),
        ("आप की", ["आप"]),
    ],
)
def test_where_words_end(text: str, parts: list[str]) -> None:
    assert [text[:at] for at in range(1, len(text)) if ends_word(text, at)] == parts


@pytest.mark.parametrize("char", "明ひカｱก၁ខལ𠀋")
def test_scripts_without_spaces(char: str) -> None:
    assert is_spaceless(char)


@pytest.mark.parametrize("char", "aé안क ب1。")
def test_scripts_with_spaces(char: str) -> None:
    assert not is_spaceless(char)


def test_spaced() -> None:
    assert spaced("my order") == "my order"
    assert spaced("我的iPhone坏了").split() == ["我", "的", "iPhone", "坏", "了"]
    assert spaced("cafe\u0301") == "café"


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "O'Neill-Müller",
        "علی\u200cرضا",  # a zero-width non-joiner parts what would be joined
        "ශ්\u200dරී",  # and a joiner joins
        "山田\u3000太郎",
        "Jean\u00a0Dupont",
        "Jean\u202fDupont",
        "किरण",
        "👩‍👩‍👧 Family",
        "\u200fאב\u200e",
    ],
)
def test_names_of_every_script_are_taken_as_they_are(name: str) -> None:
    assert is_presentable(name)
    assert presentable(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " \u3000\u00a0",
        "\u200b\u200d\ufeff",
        "\u3164",
        "Ann\nLee",
        "Ann\u2028Lee",
        "Ann\x00",
        "Ann\x85Lee",
        "Ann\u202eeeL",
        "Ann\u2067",
        "Ann\ud800",
        "Ann\uffff",
        "Ann\ue000",
    ],
)
def test_what_cannot_be_shown_is_no_name(name: str) -> None:
    assert not is_presentable(name)


@given(st.text(max_size=30))
def test_what_is_left_of_any_text_can_be_shown(text: str) -> None:
    left = presentable(text)
    assert left == "" or is_presentable(left)
    assert is_blank(left) == (left == "")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  one\n  two\r\nthree  ", "one two three"),
        ("one  two\tthree", "one two three"),
        ("東京\u3000大阪", "東京\u3000大阪"),
        ("Bonjour\u00a0!", "Bonjour\u00a0!"),
        ("one\u2028two\x85three", "one two three"),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
    assert len(one_line(text).splitlines()) == 1
