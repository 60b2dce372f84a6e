"""Every row of the contract has a test that names it.

A row is a field, a parameter, a status, a header, an event or a limit in docs/API.md. For each endpoint stand the tests
that prove it; each of its rows must be named in the text of one of them. Whoever adds a row to the contract's text adds
its test here; what we add beyond the contract is held to docs/contract-notes.md and the published description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.support.contract_text import PAGE, Endpoint, endpoints, field_paths, webhook_payload
from tests.support.test_sources import source, test_exists

PROOFS: dict[str, tuple[str, ...]] = {
    "POST /api/voice/session": (
        "sessions_http::test_a_session_is_opened_as_the_contract_shows",
        "sessions_http::test_bad_input_is_400_and_leaves_nothing",
        "sessions_http::test_conflicts_and_outages_of_opening",
        "sessions_http::test_an_error_of_ours_is_a_500_without_a_word_about_why",
        "sessions_http::test_without_livekit_the_contracts_503",
        "user_to_user::test_a_call_between_two_has_no_agent_unless_asked",
        "user_to_user::test_the_callee_finds_the_call_and_knows_what_is_recorded_before_they_answer",
        "signing::test_a_persons_token_is_good_for_this_room_and_the_microphone",
    ),
    "GET /api/voice/session": (
        "sessions_http::test_a_finished_call_is_shown_whole",
        "sessions_http::test_calls_are_listed_newest_first",
        "sessions_http::test_queries_out_of_range",
        "sessions_http::test_other_peoples_calls",
        "sessions_http::test_an_agent_is_available_while_its_worker_is_heard",
    ),
    "PATCH /api/voice/session": (
        "sessions_http::test_changing_a_session",
        "change_call::test_any_final_status_ends_the_call_as_it_was",
        "two_users::test_a_stranger_can_do_nothing_to_a_call",
    ),
    "DELETE /api/voice/session": (
        "sessions_http::test_ending_twice_is_the_same_answer",
        "sessions_http::test_other_peoples_calls",
        "two_users::test_a_stranger_can_do_nothing_to_a_call",
    ),
    "POST /api/voice/realtime": (
        "realtime_http::test_the_configuration_is_in_the_contracts_shape",
        "realtime_http::test_404_without_call_or_agent_and_503_while_it_is_not_active",
        "realtime_http::test_another_model_is_told_to_the_worker_until_it_runs",
    ),
    "GET /api/voice/realtime": ("realtime_http::test_the_status_tells_the_truth_about_the_agent",),
    "DELETE /api/voice/realtime": (
        "realtime_http::test_ending_it_makes_the_agent_leave_and_tells_for_how_long_it_was_there",
    ),
    "POST /api/voice/recording": (
        "recordings_http::test_a_recording_from_its_start_to_its_address",
        "recordings_http::test_before_it_is_connected_and_after_its_end_it_is_400",
        "recordings_http::test_a_path_of_ones_own_lies_under_the_call_and_overwrites_nothing",
        "recordings_http::test_one_at_a_time",
        "recordings_http::test_people_of_a_call_between_two_both_may_record_it_and_others_not",
        "recordings_http::test_without_a_recorder_every_route_says_so_and_calls_go_on",
    ),
    "GET /api/voice/recording": (
        "recordings_http::test_a_recording_from_its_start_to_its_address",
        "recordings_http::test_several_recordings_of_one_call_newest_first",
        "recordings_http::test_what_can_be_asked_for",
    ),
    "DELETE /api/voice/recording": (
        "recordings_http::test_a_recording_from_its_start_to_its_address",
        "recordings_http::test_nothing_to_stop",
        "recordings_http::test_people_of_a_call_between_two_both_may_record_it_and_others_not",
        "recordings_http::test_without_a_recorder_every_route_says_so_and_calls_go_on",
    ),
    "PATCH /api/voice/recording": (
        "recordings_http::test_a_transcript_replaces_the_text_and_an_address_is_noted_and_not_fetched",
        "recordings_http::test_an_address_that_is_not_https",
    ),
    "POST /api/voice/agent": (
        "agents_http::test_an_agent_is_spawned_as_the_contract_shows",
        "agents_http::test_404_without_an_active_call_and_403_if_it_is_not_theirs",
        "agents_http::test_an_agent_that_could_not_be_dispatched_is_an_outage",
        "agents_http::test_an_error_of_ours_is_the_contracts_500",
    ),
    "GET /api/voice/agent": (
        "agents_http::test_one_agent_is_found",
        "agents_http::test_all_agents_for_admins_and_ones_own_for_others",
    ),
    "PATCH /api/voice/agent": ("agents_http::test_a_status_is_asked_for",),
    "DELETE /api/voice/agent": ("agents_http::test_a_removed_agent_leaves_and_the_call_goes_on",),
    "POST /api/voice/token": (
        "tokens_http::test_without_a_call_one_is_made_with_the_contracts_defaults",
        "tokens_http::test_what_it_makes_is_as_asked",
        "tokens_http::test_the_name_is_the_sign_ins_else_the_one_asked_for_else_the_user_id",
    ),
    "POST /api/voice/webhook": (
        "middleware::test_a_webhook_is_kept_once_and_answered",
        "webhook_events::test_a_joined_participant",
        "webhook_events::test_a_participant_who_left_tells_the_whole_stay",
        "webhook_events::test_a_finished_room",
        "webhook_events::test_events_that_say_nothing_about_people_in_rooms",
        "webhook_events::test_what_is_kept_is_named",
    ),
}
GENERAL: dict[str, tuple[str, ...]] = {
    "the sign-in": ("middleware::test_nothing_is_let_in_without_a_token_but_what_is_public",),
    "the limits": (
        "rate_classes::test_the_limits_are_those_of_the_contract",
        "rate_limit_middleware::test_an_answer_has_the_headers",
        "rate_limit_middleware::test_the_body_of_a_refusal_has_exactly_the_contracts_keys_and_details",
        "rate_classes::test_the_class_of_a_request",
    ),
    "the errors": (
        "http_errors::test_every_error_has_a_status_and_a_body",
        "http_errors::test_an_endpoints_own_phrase_comes_first",
    ),
    "the statuses": (
        "sessions_http::test_a_session_is_opened_as_the_contract_shows",
        "sessions_http::test_bad_input_is_400_and_leaves_nothing",
        "middleware::test_nothing_is_let_in_without_a_token_but_what_is_public",
        "sessions_http::test_other_peoples_calls",
        "sessions_http::test_conflicts_and_outages_of_opening",
        "rate_limit_middleware::test_the_body_of_a_refusal_has_exactly_the_contracts_keys_and_details",
        "sessions_http::test_an_error_of_ours_is_a_500_without_a_word_about_why",
        "sessions_http::test_without_livekit_the_contracts_503",
    ),
    "the settings": (
        "settings::test_livekit_is_configured_by_three",
        "access_settings::test_a_problem_is_told_by_name_and_never_by_value",
        "recording_settings::test_the_store_that_is_named",
        "integration/control_api/access_wiring::test_two_processes_of_the_api_count_together",
    ),
}


def rows(endpoint: Endpoint) -> Iterator[str]:
    for field in (*endpoint.request, *endpoint.query):
        yield field.name
    for answer in (*endpoint.answers, *([webhook_payload()] if endpoint.path.endswith("/webhook") else [])):
        yield from field_paths(answer)
    if endpoint.path.endswith("/webhook"):
        yield from re.findall(r"^- `([a-z]+_[a-z]+)` - ", PAGE.read_text(), re.MULTILINE)
    yield from map(str, endpoint.errors)


def general_rows() -> Iterator[tuple[str, str]]:
    text = PAGE.read_text().partition("## Endpoints")
    yield "the sign-in", "401"
    yield "the sign-in", "Unauthorized"
    yield from (("the limits", each) for each in re.findall(r"^(X-[\w-]+|Retry-After): ", text[0], re.MULTILINE))
    yield from (("the limits", each) for each in ("retryAfter", "limit", "remaining", "reset", "429"))
    for name in re.findall(r"^\| (\w+) \w+ \| \d+ requests", text[0], re.MULTILINE):
        yield "the limits", name.removesuffix("s")
    yield from (("the errors", each) for each in ("error", "message", "details"))
    yield from (("the statuses", each) for each in re.findall(r"^- `(\d{3})` - ", text[0], re.MULTILINE))
    settings = re.findall(r"^([A-Z][A-Z_]+)=", text[2], re.MULTILINE)
    yield from (("the settings", each) for each in settings)


def names(proof: str, row: str) -> bool:
    leaf = re.split(r"[.\[\]]", row)[-1]
    return re.search(rf"\b{re.escape(leaf)}\b", source(proof), re.IGNORECASE) is not None


def test_every_endpoint_has_proofs() -> None:
    assert [endpoint.label for endpoint in endpoints()] == list(PROOFS)


@pytest.mark.parametrize(
    "proof", sorted({proof for proofs in [*PROOFS.values(), *GENERAL.values()] for proof in proofs})
)
def test_the_proof_exists(proof: str) -> None:
    assert test_exists(proof)


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda endpoint: endpoint.label)
def test_every_row_of_an_endpoint_is_named_by_a_test(endpoint: Endpoint) -> None:
    proofs = PROOFS[endpoint.label]
    unnamed = [row for row in rows(endpoint) if not any(names(proof, row) for proof in proofs)]
    assert unnamed == [], f"add the test that proves it to PROOFS[{endpoint.label!r}]"


@pytest.mark.parametrize(("group", "row"), list(general_rows()))
def test_every_general_row_is_named_by_a_test(group: str, row: str) -> None:
    assert any(names(proof, row) for proof in GENERAL[group]), f"add the test that proves it to GENERAL[{group!r}]"


def test_there_are_as_many_rows_as_the_contract_has() -> None:
    """A text that is not read as rows any more would be proven by nothing."""
    assert sum(len(list(rows(endpoint))) for endpoint in endpoints()) > 190
    assert len(list(general_rows())) > 25
