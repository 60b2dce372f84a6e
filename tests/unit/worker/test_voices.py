"""Which of a person's tracks is their voice."""

from __future__ import annotations

from shared.ids import Identity
from worker.adapters.voices import Voices

ANN, BEN = Identity("ann"), Identity("ben")


def test_a_track_without_a_name_is_a_voice() -> None:
    assert Voices().came(ANN, "TR_1", named=False)


def test_a_track_without_a_name_does_not_replace_a_microphone() -> None:
    voices = Voices()
    assert voices.came(ANN, "TR_mic", named=True)
    assert not voices.came(ANN, "TR_music", named=False)
    assert voices.came(BEN, "TR_ben", named=False), "everybody has a voice"


def test_a_microphone_replaces_a_track_without_a_name() -> None:
    voices = Voices()
    voices.came(ANN, "TR_1", named=False)
    assert voices.came(ANN, "TR_mic", named=True)


def test_the_newest_of_two_alike_is_meant() -> None:
    voices = Voices()
    voices.came(ANN, "TR_1", named=True)
    assert voices.came(ANN, "TR_2", named=True)


def test_what_is_left_is_heard_again() -> None:
    voices = Voices()
    voices.came(ANN, "TR_1", named=False)
    voices.came(ANN, "TR_mic", named=True)
    assert voices.went(ANN, "TR_mic") == "TR_1"
    assert voices.went(ANN, "TR_1") is None


def test_who_is_heard_stays_so_when_another_track_goes() -> None:
    voices = Voices()
    voices.came(ANN, "TR_mic", named=True)
    voices.came(ANN, "TR_music", named=False)
    assert voices.went(ANN, "TR_music") is None


def test_a_person_who_is_gone_keeps_no_track() -> None:
    voices = Voices()
    voices.came(ANN, "TR_mic", named=True)
    voices.forget(ANN)
    assert voices.came(ANN, "TR_1", named=False)
    assert voices.went(ANN, "TR_mic") is None
