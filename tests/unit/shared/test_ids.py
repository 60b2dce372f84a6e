from hypothesis import given
from hypothesis import strategies as st

from shared.ids import (
    CallId,
    RoomName,
    agent_identity,
    is_agent_identity,
    is_made_room_name,
    is_media_room,
    is_notice_identity,
    is_room_name,
    make_room_name,
    media_room,
    notice_identity,
    recorder_identity,
)


@given(st.sampled_from(["support", "user-to-user", "conference"]), st.text(max_size=300), st.integers(0, 9_999_999_999))
def test_made_names_are_room_names_of_our_pattern_whatever_the_user_is_called(
    call_type: str, user: str, now_s: int
) -> None:
    name = make_room_name(call_type, user, now_s)
    assert is_room_name(name)
    assert is_made_room_name(name)


def test_two_names_of_one_user_in_one_second_differ() -> None:
    assert len({make_room_name("support", "user_1", 1_700_000_000) for _ in range(100)}) == 100


def test_the_contracts_own_example_is_not_taken_for_a_made_name() -> None:
    assert not is_made_room_name("support-user123-1640995200")


def test_room_names_that_are_refused() -> None:
    assert not any(map(is_room_name, ["", "a" * 129, "a b", "a/b", "..", "a\n", "ä", "a\0"]))


def test_the_agents_identity_is_fixed_per_call() -> None:
    call = CallId("0192f0c1-7a3b-7000-8000-00000000abcd")
    assert agent_identity(call) == agent_identity(call) == "ai-agent-00000000abcd"
    assert is_agent_identity(agent_identity(call))
    assert not is_agent_identity("user_1")


def test_a_recorder_is_no_person_either() -> None:
    call = CallId("0192f0c1-7a3b-7000-8000-00000000abcd")
    assert recorder_identity(call) == "ai-agent-recorder-00000000abcd", "the console knows it by its beginning"
    assert is_agent_identity(recorder_identity(call))


def test_who_tells_of_a_recording_is_no_person_and_not_the_agent() -> None:
    call = CallId("0192f0c1-7a3b-7000-8000-00000000abcd")
    assert notice_identity(call) == "ai-agent-notice-00000000abcd"
    assert is_agent_identity(notice_identity(call))
    assert is_notice_identity(notice_identity(call))
    assert not any(map(is_notice_identity, ["user_1", agent_identity(call), recorder_identity(call)]))


def test_a_name_that_is_used_again_is_another_room_at_the_media_server() -> None:
    first, second = (CallId(f"01890000-0000-7000-8000-00000000000{number}") for number in (1, 2))
    board = RoomName("board")
    assert media_room(board, first) != media_room(board, second)
    assert not is_room_name(media_room(board, first)), "nobody can ask for it as a name of their own"
    made = make_room_name("support", "user_1", 1_700_000_000)
    assert str(media_room(made, first)) == made, "that one is never used again"
    longest = RoomName("a" * 128)
    assert len(media_room(longest, first)) <= 256, "more, and LiveKit refuses it"
    assert all(map(is_media_room, [media_room(board, first), made, media_room(longest, first)]))
    assert not any(map(is_media_room, ["board", f"board.{'x' * 36}", f"b/a.{first}", f"{first}"]))
