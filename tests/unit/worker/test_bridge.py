from __future__ import annotations

import pytest

from shared.call_report import AGENT_SPEAKER, AgentJoined, GoneWhy, Segment, Turn, Usage
from shared.call_state import EndReason
from shared.ids import Identity
from tests.fakes.clock import START_MS, settle
from tests.unit.worker.harness import CALLER, LOUD, QUIET, TRACK, Call
from worker.ending import Ending
from worker.ports import (
    AgentAudible,
    AgentMood,
    AnswerAudio,
    AnswerDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    CallerWords,
    MicrophoneOff,
    MicrophoneOn,
    ModelLost,
    PersonJoined,
    PersonLeft,
    RoomCloseCause,
    RoomClosed,
    Said,
    ToolCalled,
)
from worker.recorder import PATH_MS


class TestConversation:
    async def test_an_answer_is_played_reported_and_shown(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(1.5)

            assert call.room.heard_ms == 1000
            agent, caller = _by_speaker(call)
            assert (caller.text, agent.text) == ("Where is my order?", "It will come tomorrow. ")
            assert (caller.start_ms, caller.end_ms) == (START_MS - PATH_MS, START_MS + 980 - PATH_MS)
            assert (agent.start_ms, agent.end_ms) == (START_MS + 1480 + PATH_MS, START_MS + 2480 + PATH_MS)
            assert call.told(Turn) == [Turn(1, 500, interrupted=False, played_ms=1000)]
            assert call.told(Usage) == [Usage(10, 20, 5, 25, audio_output_tokens=20)]

    async def test_captions_of_both_sides_end_final_and_complete(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(1.5)
            shown = {caption.speaker: caption for caption in call.room.captions.values()}
            assert shown["agent"].text == "It will come tomorrow. "
            assert shown[CALLER].text == "Where is my order?"
            assert shown[CALLER].track_id == TRACK
            assert all(caption.final for caption in shown.values())

    async def test_the_agents_words_appear_as_they_are_heard(self) -> None:
        async with Call() as call:
            call.link.says, call.link.answer_ms = "one two three four five six seven eight nine ten", 4000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2.0)
            (shown,) = [caption for caption in call.room.captions.values() if caption.speaker == "agent"]
            assert shown.text.startswith("one two three")
            assert "eight" not in shown.text
            assert not shown.final

    async def test_the_agents_state_follows(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert call.room.moods == [
                AgentMood.INITIALIZING,
                AgentMood.LISTENING,
                AgentMood.THINKING,
                AgentMood.SPEAKING,
                AgentMood.LISTENING,
            ]

    async def test_an_answer_that_ends_does_not_end_the_one_behind_it(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            first = call.link.answer(done=False)
            second = call.link.answer(done=False)
            call.link.finish(*first)
            await call.clock.advance(3)
            assert [turn.played_ms for turn in call.told(Turn)] == [1000]
            call.link.finish(*second)
            await call.clock.advance(1)
            assert [turn.played_ms for turn in call.told(Turn)] == [1000, 1000]

    async def test_words_before_they_are_final_are_shown_and_not_reported(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(CallerWords("item", "Where is", final=False))
            await call.clock.advance(0.3)
            assert call.room.captions["item"].text == "Where is"
            assert not call.room.captions["item"].final
            assert call.told(Segment) == []

    async def test_words_that_are_none_make_no_segment(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(CallerWords("item", "  ", final=True))
            await settle()
            assert call.told(Segment) == []
            assert call.room.captions == {}


class TestBeginning:
    async def test_joined_is_reported_once_the_room_is_joined(self) -> None:
        call = Call()
        call.room.may_join.clear()
        async with call:
            assert call.told(AgentJoined) == []
            call.room.may_join.set()
            await settle()
            assert call.told(AgentJoined) == [AgentJoined()]

    async def test_no_model_session_before_the_caller_has_come(self) -> None:
        async with Call(greeting="Hello!") as call:
            await call.clock.advance(30)
            assert call.link.brief is None
            await call.caller_joins()
            assert call.link.brief is not None

    async def test_a_stranger_is_not_the_caller(self) -> None:
        async with Call() as call:
            stranger = Identity("user_2")
            call.room.emit(PersonJoined(stranger))
            call.room.emit(MicrophoneOn(stranger, "TR_other"))
            call.room.speak("TR_other", LOUD)
            call.room.emit(PersonLeft(stranger, on_purpose=True))
            await settle()
            assert call.link.brief is None
            assert call.link.heard == []
            assert not call.over

    async def test_a_caller_who_is_there_first_is_greeted_too(self) -> None:
        call = Call(greeting="Hello!")
        call.room.arrivals = [PersonJoined(CALLER), MicrophoneOn(CALLER, TRACK), AgentAudible()]
        async with call:
            await call.clock.advance(1.5)
            assert call.room.heard_ms == 1000

    async def test_the_greeting_is_asked_for_at_once_and_held_until_it_can_be_heard(self) -> None:
        async with Call(greeting="Good morning!") as call:
            call.room.emit(PersonJoined(CALLER))
            await call.clock.advance(1.0)
            (instructions,) = call.link.replies
            assert instructions is not None
            assert '"Good morning!"' in instructions
            assert call.room.heard_ms == 0
            call.room.emit(AgentAudible())
            await call.clock.advance(1.2)
            assert call.room.heard_ms == 1000
            assert call.told(Turn) == [Turn(1, None, interrupted=False, played_ms=1000)]

    async def test_without_news_of_a_subscription_it_speaks_after_two_seconds(self) -> None:
        async with Call(greeting="Hello!") as call:
            call.room.emit(PersonJoined(CALLER))
            await call.clock.advance(1.9)
            assert call.room.heard_ms == 0
            await call.clock.advance(1.5)
            assert call.room.heard_ms == 1000

    async def test_without_a_greeting_it_waits_for_the_caller(self) -> None:
        async with Call(greeting="") as call:
            await call.caller_joins()
            await call.clock.advance(5)
            assert call.link.replies == []

    async def test_an_agent_that_takes_over_knows_the_talk_and_does_not_greet(self) -> None:
        talk = [Said(True, "Hello!"), Said(False, "Where is my order?")]
        async with Call(greeting="Hello!", history=talk, takes_over=True) as call:
            await call.caller_joins()
            assert call.link.brief is not None
            assert list(call.link.brief.history) == talk
            (instructions,) = call.link.replies
            assert instructions is not None
            assert "Hello!" not in instructions
            await call.clock.advance(3)
            assert call.bridge._dialogue.history()[:2] == talk, "and the next model would know it too"


class TestBargeIn:
    async def test_the_model_forgets_what_was_not_heard(self) -> None:
        async with Call() as call:
            call.link.says, call.link.answer_ms = "one two three four five six seven eight", 4000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(0.98)
            await call.caller_makes(LOUD, 20)
            ((item_id, heard_ms),) = call.link.truncations
            assert heard_ms == pytest.approx(1000, abs=21)
            assert call.room.heard_ms == pytest.approx(heard_ms, abs=1)
            assert call.told(Turn) == [Turn(1, 500, interrupted=True, played_ms=heard_ms)]
            agent, _ = _by_speaker(call)
            assert agent.segment_id == item_id
            assert agent.text == "one two"
            assert agent.end_ms - agent.start_ms == heard_ms

    async def test_the_caption_ends_where_the_caller_cut_it(self) -> None:
        async with Call() as call:
            call.link.says, call.link.answer_ms = "one two three four five six seven eight", 4000
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2.0)
            await call.caller_makes(LOUD, 20)
            await call.clock.advance(0.5)
            agent, _ = _by_speaker(call)
            assert call.room.captions[agent.segment_id].text == agent.text
            assert call.room.captions[agent.segment_id].final

    async def test_what_is_still_on_its_way_is_not_played(self) -> None:
        async with Call() as call:
            call.link.slow_to_cancel = True
            await call.caller_joins()
            response, item = call.link.answer(done=False)
            await call.clock.advance(0.5)
            await call.caller_makes(LOUD, 20)
            heard_ms = call.room.heard_ms
            call.link.emit(AnswerAudio(response, item, LOUD * 10), AnswerText(response, item, "more"))
            await call.clock.advance(0.4)
            assert call.room.heard_ms == heard_ms
            assert call.link.interrupts == 1
            call.link.finish(response, item, AnswerStatus.CANCELLED)
            await settle()
            assert len(call.told(Turn)) == 1

    async def test_the_next_answer_is_played(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(0.3)
            cut_ms = 320  # 20 ms of speech until it is noticed
            await call.caller_asks()
            await call.clock.advance(1.5)
            assert call.room.heard_ms == pytest.approx(cut_ms + 1000, abs=21)
            assert [turn.interrupted for turn in call.told(Turn)] == [True, False]

    async def test_an_answer_of_which_nothing_was_heard_is_forgotten_whole(self) -> None:
        async with Call() as call:
            call.room.emit(PersonJoined(CALLER))
            call.room.emit(MicrophoneOn(CALLER, TRACK))
            await settle()
            _, item = call.link.answer()
            await call.caller_makes(LOUD, 20)
            assert call.link.truncations == [(item, 0)]
            assert call.told(Turn) == []
            assert call.told(Segment) == []

    async def test_speech_into_silence_cuts_nothing(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 200)
            assert (call.link.interrupts, call.link.truncations) == (0, [])

    async def test_what_was_heard_to_its_end_is_not_truncated(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_asks()
            await call.clock.advance(2)
            await call.caller_makes(LOUD, 20)
            assert call.link.truncations == []


class TestEnds:
    async def test_the_caller_hangs_up(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_leaves(on_purpose=True)
            assert call.ending == Ending(EndReason.CALLER_HUNG_UP)

    async def test_a_lost_caller_may_come_back(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_leaves(on_purpose=False)
            await call.clock.advance(29)
            await call.caller_joins("TR_new")
            await call.clock.advance(29)
            await call.caller_makes(LOUD, 100, "TR_new")
            assert len(call.link.heard) == 5
            assert not call.over

    async def test_a_lost_caller_who_stays_away_ends_it(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_leaves(on_purpose=False)
            await call.clock.advance(31)
            assert call.ending == Ending(EndReason.CALLER_LOST)

    async def test_the_longest_call_counts_from_the_callers_coming(self) -> None:
        async with Call(max_duration_s=60) as call:
            await call.clock.advance(30)
            await call.caller_joins()
            for _ in range(59):
                await call.clock.advance(1)
            assert not call.over
            await call.clock.advance(1.5)
            assert call.ending == Ending(EndReason.MAX_DURATION)

    async def test_silence_of_both_sides_ends_it(self) -> None:
        async with Call(idle_timeout_s=10) as call:
            await call.caller_joins()
            await call.clock.advance(9)
            await call.caller_asks()  # until 10.5, and the answer until 11.5
            await call.clock.advance(10)
            assert not call.over
            await call.clock.advance(1.5)
            assert call.ending == Ending(EndReason.IDLE_TIMEOUT)

    async def test_a_caller_who_speaks_without_end_is_not_idle(self) -> None:
        async with Call(idle_timeout_s=5) as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 8000)
            assert not call.over

    @pytest.mark.parametrize(
        ("cause", "ending"),
        [
            (RoomCloseCause.DELETED, Ending()),
            (RoomCloseCause.REMOVED, Ending(gone=GoneWhy.REMOVED)),
            (RoomCloseCause.SUPERSEDED, Ending(gone=GoneWhy.SUPERSEDED)),
            (RoomCloseCause.LOST, Ending(EndReason.MEDIA_SERVER_LOST)),
            (RoomCloseCause.DEAF, Ending(gone=GoneWhy.DEAF)),
        ],
    )
    async def test_the_room_closes(self, cause: RoomCloseCause, ending: Ending) -> None:
        async with Call() as call:
            call.room.emit(RoomClosed(cause))
            await settle()
            assert call.ending == ending

    async def test_the_first_ending_stands(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_leaves(on_purpose=True)
            call.bridge.end(Ending(EndReason.INTERNAL_ERROR))
            assert call.ending == Ending(EndReason.CALLER_HUNG_UP)

    async def test_a_room_that_cannot_be_joined(self) -> None:
        call = Call()
        call.room.fail_join = True
        async with call:
            assert call.ending == Ending(EndReason.MEDIA_SERVER_LOST, detail="refused")

    async def test_a_call_that_is_ended_while_it_joins(self) -> None:
        call = Call()
        call.room.may_join.clear()
        async with call:
            call.bridge.end(Ending())
            await settle()
            assert call.over


class TestModelTrouble:
    @pytest.mark.parametrize("reason", [EndReason.PROVIDER_AUTH, EndReason.PROVIDER_QUOTA, EndReason.PROVIDER_DOWN])
    async def test_a_model_that_refuses_ends_the_call_with_its_reason(self, reason: EndReason) -> None:
        async with Call() as call:
            call.link.refuse = reason
            await call.caller_joins()
            assert call.ending == Ending(reason, detail="refused")

    async def test_a_model_that_is_gone_for_good_in_the_call(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "http_404", is_final=True))
            await settle()
            assert call.ending.reason is EndReason.PROVIDER_DOWN

    async def test_what_was_said_before_the_connection_broke_is_reported(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.answer(done=False)
            await call.clock.advance(0.5)
            call.link.emit(ModelLost(EndReason.PROVIDER_DOWN, "closed_1011"))
            await call.clock.advance(1)
            assert [turn.played_ms for turn in call.told(Turn)] == [1000]
            assert not call.over


class TestHangUp:
    async def test_the_goodbye_is_heard_to_its_end(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, _ = call.link.answer()
            call.link.emit(ToolCalled(response, "c1", "end_call", "{}"))
            await call.clock.advance(0.9)
            assert not call.over
            await call.clock.advance(0.5)
            assert call.ending == Ending(EndReason.AGENT_HUNG_UP)
            assert call.room.heard_ms == 1000

    async def test_a_model_that_says_no_goodbye_is_asked_for_one(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(AnswerStarted("r"), ToolCalled("r", "c1", "end_call", "{}"))
            call.link.emit(AnswerDone("r", AnswerStatus.COMPLETED))
            await settle()
            (instructions,) = call.link.replies
            assert instructions is not None
            assert "goodbye" in instructions
            await call.clock.advance(1.5)
            assert call.ending == Ending(EndReason.AGENT_HUNG_UP)
            assert call.room.heard_ms == 1000

    async def test_a_caller_who_interrupts_the_goodbye_goes_on(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            response, _ = call.link.answer()
            call.link.emit(ToolCalled(response, "c1", "end_call", "{}"))
            await call.clock.advance(0.5)
            await call.caller_asks()
            await call.clock.advance(3)
            assert not call.over

    async def test_a_goodbye_that_never_comes_is_not_waited_for(self) -> None:
        async with Call() as call:
            call.link.silent = True
            await call.caller_joins()
            call.link.emit(AnswerStarted("r"), ToolCalled("r", "c1", "end_call", "{}"))
            await call.clock.advance(16)
            assert call.ending == Ending(EndReason.AGENT_HUNG_UP)

    async def test_a_tool_that_is_unknown_is_answered(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(ToolCalled("r", "c1", "launch", "{}"))
            await settle()
            assert call.link.tool_results == [("c1", "launch", "There is no such tool.")]
            assert not call.over


class TestMistakes:
    """Whatever breaks in a call ends this call, and is told as what it is."""

    @pytest.mark.parametrize(
        ("part", "method"), [("link", "open"), ("link", "hear"), ("room", "show_mood"), ("room", "microphone")]
    )
    async def test_in_a_task(self, part: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise RuntimeError("broken")

        call = Call()
        monkeypatch.setattr(type(getattr(call, part)), method, broken)
        async with call:
            if not call.over:
                await call.caller_joins()
                await call.caller_makes(LOUD, 40)
            assert call.ending == Ending(EndReason.INTERNAL_ERROR, detail="RuntimeError")

    async def test_in_a_handler_of_the_models_events(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.link.emit(AnswerAudio("r", "i", None))  # type: ignore[arg-type]
            await settle()
            assert call.ending == Ending(EndReason.INTERNAL_ERROR, detail="TypeError")

    async def test_a_room_that_is_gone_while_the_agent_speaks(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.room.fail_play = True
            await call.caller_asks()
            assert call.ending.reason is EndReason.MEDIA_SERVER_LOST

    async def test_a_microphone_that_goes_and_comes(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            call.room.emit(MicrophoneOff(CALLER, TRACK))
            await settle()
            call.room.emit(MicrophoneOn(CALLER, "TR_2"))
            await call.caller_makes(LOUD, 100, "TR_2")
            await call.caller_makes(QUIET, 100, "TR_2")
            assert len(call.link.heard) == 10


def _by_speaker(call: Call) -> tuple[Segment, Segment]:
    """The first segment of the agent and the first of the caller."""
    segments = call.told(Segment)
    agent = next(segment for segment in segments if segment.speaker == AGENT_SPEAKER)
    caller = next(segment for segment in segments if segment.speaker == CALLER)
    return agent, caller
