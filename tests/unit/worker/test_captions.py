from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.captions import MAX_CHARS, AgentWords

TEXT = "Your order will be with you tomorrow."


def _words(text: str, audio_ms: float, *, complete: bool) -> AgentWords:
    words = AgentWords()
    words.add_text(text)
    words.add_audio(audio_ms)
    if complete:
        words.complete()
    return words


def test_of_a_complete_item_the_share_that_was_heard_is_shown() -> None:
    words = _words(TEXT, 2000, complete=True)
    assert words.heard(0) == ""
    assert words.heard(1000) == "Your order will be"
    assert words.heard(2000) == TEXT


def test_an_item_that_still_comes_is_not_shown_faster_than_it_can_be_spoken() -> None:
    # All of the text and the first 200 ms of the audio.
    words = _words(TEXT, 200, complete=False)
    assert words.heard(200) == ""
    assert words.heard(800) == "Your order"


def test_an_item_that_still_comes_is_never_shown_whole() -> None:
    words = _words("Tomorrow morning", 5000, complete=False)
    assert words.heard(5000) == "Tomorrow"


def test_text_without_sound_was_not_heard() -> None:
    assert _words(TEXT, 0, complete=True).heard(0) == ""


def test_text_is_bounded() -> None:
    words = AgentWords()
    words.add_text("x" * MAX_CHARS)
    words.add_text("more")
    assert len(words.text) == MAX_CHARS


CHINESE = "您的订单明天下午会送到您家里，请您保持电话畅通。"
JAPANESE = "ご注文の品は明日の午後にお届けします。お待ちください。"
THAI = "คำสั่งซื้อของคุณจะถึงพรุ่งนี้ตอนบ่ายค่ะ"
KOREAN = "주문하신 상품은 내일 오후에 도착합니다."
HINDI = "आपका ऑर्डर कल दोपहर तक पहुँच जाएगा।"
ARABIC = "سيصل طلبك غدا بعد الظهر."


@pytest.mark.parametrize("text", [CHINESE, JAPANESE, THAI, KOREAN, HINDI, ARABIC], ids=lambda text: text[:4])
def test_half_of_an_answer_is_half_of_its_text_in_every_script(text: str) -> None:
    half = len(_words(text, 4000, complete=True).heard(2000))
    assert 0.3 * len(text) < half <= 0.55 * len(text)
    still_comes = _words(text, 8000, complete=False)
    assert 0 < len(still_comes.heard(2000)) < len(text)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        (CHINESE, CHINESE[:10]),
        ("ありがとうございます。またどうぞ", "ありがとうございます。またどう"),
        ("주문하신 상품은 내일 오후에", "주문하신 상품은 내일"),
        ("Ihre Bestellung kommt morgen Nachmittag.", "Ihre Bestellung kommt morgen"),
    ],
)
def test_words_that_still_come_are_shown_as_fast_as_their_language_is_spoken(text: str, heard: str) -> None:
    assert _words(text, 2000, complete=False).heard(2000) == heard


def test_a_sign_is_shown_whole_or_not_at_all() -> None:
    thai = {_words(THAI, 4000, complete=True).heard(ms) for ms in range(0, 4000, 20)}
    assert not any(THAI[len(part) :].startswith(tuple("ัิีุู่้๊๋์ำ็")) for part in thai if part)
    assert not any(part.endswith(tuple("เแโใไ")) for part in thai)
    family = "👩‍👩‍👧"
    emoji = {_words(f"好{family}的", 4000, complete=True).heard(ms) for ms in range(0, 4000, 20)}
    assert emoji == {"", "好", f"好{family}"}


def test_scripts_in_one_sentence() -> None:
    text = "您的 iPhone 15 已经发货了"
    shown = {_words(text, 4000, complete=True).heard(ms) for ms in range(0, 4000, 10)}
    assert "您的 iPhone 15 已经" in shown
    assert not shown & {text[:at] for at in range(4, 9)}, "of a word in letters nothing is shown before it is heard"


def test_what_never_ends_is_shown_as_far_as_it_was_heard() -> None:
    assert len(_words("x" * 1000, 10_000, complete=True).heard(5000)) == 500


def test_the_bound_cuts_no_sign_in_two() -> None:
    words = AgentWords()
    words.add_text("x" * (MAX_CHARS - 1))
    words.add_text("की")
    assert words.text == "x" * (MAX_CHARS - 1)


_SCRIPTS = st.text(st.sampled_from("ab \n明日のアｱﾞกำเ่하का\u094dष\u200d\u200c👩🏽🇩🇪é\u0301ش"), max_size=60)


@given(text=st.one_of(st.text(max_size=60), _SCRIPTS), audio_ms=st.floats(0, 5000), complete=st.booleans())
def test_what_is_shown_only_grows(text: str, audio_ms: float, complete: bool) -> None:
    """A caption is appended to: what was once shown must stay a beginning of what is shown later."""
    words = _words(text, audio_ms, complete=complete)
    shown = [words.heard(at_ms) for at_ms in range(0, 6000, 250)]
    assert all(text.startswith(some) for some in shown)
    assert [len(some) for some in shown] == sorted(len(some) for some in shown)
