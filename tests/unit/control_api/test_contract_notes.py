"""Every statement of docs/contract-notes.md has a test, by name; and every test that is named here exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.test_sources import test_exists

TESTS = Path(__file__).resolve().parents[2]
NOTES = TESTS.parent / "docs" / "contract-notes.md"

PROOFS: dict[str, tuple[str, ...]] = {
    "truth-before-example": ("sessions_http::test_a_session_is_opened_as_the_contract_shows",),
    "agent-by-default": (
        "user_to_user::test_a_call_between_two_has_no_agent_unless_asked",
        "tokens_http::test_what_it_makes_is_as_asked",
    ),
    "connected-support": (
        "call_facts::test_a_support_call_is_connected_when_caller_and_agent_are_there_together",
        "call_facts::test_a_call_without_agent_is_connected_by_two_people",
        "call_parties::test_once_the_agent_is_removed_two_people_are_enough",
    ),
    "connected-two-people": ("user_to_user::test_it_is_connected_when_both_are_there_and_nobody_else_counts",),
    "connected-conference": (
        "conferences::test_two_people_are_a_conference",
        "conferences::test_one_person_and_the_agent_are_a_conference",
    ),
    "ended-before-connected": (
        "call_parties::test_what_ends_before_it_was_connected",
        "user_to_user::test_the_callee_declines",
    ),
    "duration": (
        "sessions_http::test_a_finished_call_is_shown_whole",
        "user_to_user::test_whoever_leaves_on_purpose_ends_it",
    ),
    "leaves-on-purpose": (
        "user_to_user::test_whoever_leaves_on_purpose_ends_it",
        "call_facts::test_a_caller_who_hangs_up_before_the_agent_came_was_not_answered",
    ),
    "lost-30-s": (
        "user_to_user::test_whoever_is_lost_has_30_s_to_come_back",
        "plan::test_a_caller_who_does_not_come_back",
    ),
    "last-one-out": (
        "conferences::test_the_last_one_out_ends_it",
        "conferences::test_a_last_one_who_is_lost_may_come_back",
        "conferences::test_a_room_in_which_somebody_is_after_all_is_not_closed_under_them",
    ),
    "session-queries": (
        "history_http::test_an_admin_sees_everybodys_calls_page_by_page",
        "history_http::test_calls_are_narrowed_down_by_words_and_time",
        "history_http::test_others_are_refused",
    ),
    "delete-again": ("sessions_http::test_ending_twice_is_the_same_answer",),
    "greeting": (
        "claims::test_the_winner_is_told_all_it_needs",
        "unit/worker/bridge::TestBeginning.test_a_caller_who_is_there_first_is_greeted_too",
        "unit/worker/bridge::TestBeginning.test_without_a_greeting_it_waits_for_the_caller",
    ),
    "no-model-before-the-caller": (
        "unit/worker/bridge::TestBeginning.test_no_model_session_before_the_caller_has_come",
    ),
    "several-people": (
        "unit/worker/several_people::TestHearing.test_both_are_heard_in_one_stream_no_longer_than_the_time_that_passed",
        "unit/worker/several_people::TestHearing.test_either_may_barge_in",
        "unit/worker/several_people::TestHearing.test_each_is_answered_and_named",
    ),
    "patch-state": (
        "change_call::test_any_final_status_ends_the_call_as_it_was",
        "change_call::test_a_status_that_it_has_or_had_changes_nothing",
        "change_call::test_a_status_that_is_not_true_yet_is_a_conflict",
    ),
    "patch-agent": (
        "agents_http::test_a_status_is_asked_for",
        "change_call::test_disconnected_removes_the_agent_and_the_call_goes_on",
        "change_call::test_pending_brings_an_agent_unless_the_rest_is_refused",
        "change_call::test_an_agent_that_is_not_active_yet_is_a_conflict",
    ),
    "callee-required": ("sessions_http::test_bad_input_is_400_and_leaves_nothing",),
    "callee-finds": ("user_to_user::test_the_callee_finds_the_call_and_knows_what_is_recorded_before_they_answer",),
    "answer": ("user_to_user::test_the_first_token_answers_and_later_ones_say_that_it_was_answered",),
    "decline": ("user_to_user::test_the_callee_declines",),
    "no-answer": (
        "user_to_user::test_after_30_s_without_an_answer_it_is_missed",
        "user_to_user::test_ringing_ends_even_while_the_media_server_is_away",
    ),
    "busy": (
        "user_to_user::test_a_callee_in_another_call_is_busy",
        "user_to_user::test_a_callee_at_whom_another_call_rings_is_not_busy",
        "call_store::test_who_is_busy",
    ),
    "caller-hangs-up": ("user_to_user::test_the_caller_hangs_up_while_it_rings",),
    "room-names": (
        "sessions_http::test_bad_input_is_400_and_leaves_nothing",
        "sessions_http::test_a_name_that_the_service_made_is_taken_while_its_call_is_active_and_nobodys_afterwards",
        "open_call::test_without_a_name_the_room_gets_one_that_cannot_be_guessed",
    ),
    "one-call-per-room": (
        "open_call::test_a_room_with_an_open_call_is_taken",
        "call_store::test_one_open_call_per_room_name",
    ),
    "media-room": (
        "ids::test_a_name_that_is_used_again_is_another_room_at_the_media_server",
        "integration/control_api/people_calls::test_a_token_of_an_open_conference_is_no_way_into_the_next_one_of_its_name",
        "realtime_http::test_the_answer_names_the_room_at_the_media_server",
    ),
    "name-again": (
        "open_call::test_a_name_that_is_used_again_gets_a_room_of_its_own",
        "change_call::test_ending_again_means_ones_own_call_even_when_somebody_uses_the_name_now",
        "access::test_a_name_means_the_newest_call_that_one_may_see",
    ),
    "metadata": (
        "change_call::test_metadata_is_replaced",
        "sessions_http::test_changing_a_session",
        "user_to_user::test_the_room_tells_everyone_what_is_recorded_and_nothing_that_a_client_sent",
    ),
    "limits": (
        "plan::test_a_call_that_is_too_long",
        "plan::test_a_caller_who_never_comes",
        "open_call::test_a_user_has_a_limit_of_open_calls",
        "unit/worker/bridge::TestEnds.test_silence_of_both_sides_ends_it",
    ),
    "agent-is-optional": (
        "conferences::test_without_its_agent_it_goes_on",
        "conferences::test_what_its_worker_says_of_the_end_is_about_the_agent_only",
        "conferences::test_an_agent_that_never_comes_is_given_up_and_the_people_talk",
        "user_to_user::test_the_agent_of_a_call_between_two_is_no_party_of_it",
        "plan::test_an_agent_that_is_gone_from_an_open_call",
    ),
    "token-makes-call": (
        "tokens_http::test_without_a_call_one_is_made_with_the_contracts_defaults",
        "tokens_http::test_what_cannot_be_made_is_400_and_leaves_nothing",
        "tokens_http::test_two_who_go_to_a_new_room_together_meet_there",
    ),
    "token-again": (
        "tokens_http::test_who_asks_again_before_anybody_has_come_gets_the_same_call",
        "tokens_http::test_who_asks_twice_at_once_gets_one_call_and_a_room_that_is_there",
        "tokens_http::test_who_asks_for_something_else_gets_that",
        "tokens_http::test_who_has_asked_again_has_the_time_to_come",
        "integration/control_api/people_calls::"
        "test_a_front_end_that_asks_several_times_at_once_has_one_call_which_it_can_join",
    ),
    "token-after-the-end": ("tokens_http::test_who_comes_just_after_the_end_does_not_open_a_support_call",),
    "token-changes-nothing": (
        "tokens_http::test_on_a_call_that_is_there_what_is_left_out_changes_nothing",
        "tokens_http::test_another_room_type_is_a_conflict_and_changes_nothing",
    ),
    "token-people": (
        "tokens_http::test_only_people_of_the_call_get_a_token",
        "conferences::test_whoever_knows_its_name_may_join_unless_it_is_for_certain_people",
    ),
    "names": ("tokens_http::test_the_name_is_the_sign_ins_else_the_one_asked_for_else_the_user_id",),
    "no-agents-name": ("signing::test_ids_that_no_user_has",),
    "rooms-are-made": (
        "open_call::test_a_media_server_that_fails_leaves_nothing_half_made",
        "unit/scripts/dev/specs::test_livekit_listens_on_loopback_only",
    ),
    "grants": (
        "signing::test_a_persons_token_is_good_for_this_room_and_the_microphone",
        "integration/control_api/people_calls::test_nobody_calls_themselves_something_else_in_the_room",
    ),
    "token-life": ("tokens_http::test_tokens_of_a_connected_call_live_longer",),
    "agent-post": (
        "agents_http::test_an_agent_is_spawned_as_the_contract_shows",
        "agents_http::test_the_agent_that_is_there_is_answered",
        "agents_http::test_404_without_an_active_call_and_403_if_it_is_not_theirs",
    ),
    "realtime-shape": (
        "realtime_http::test_the_configuration_is_in_the_contracts_shape",
        "realtime_http::test_404_without_call_or_agent_and_503_while_it_is_not_active",
    ),
    "realtime-model": ("realtime_http::test_another_model_is_told_to_the_worker_until_it_runs",),
    "realtime-transcriber": ("realtime_http::test_the_configuration_names_what_really_writes_the_words_down",),
    "realtime-instructions": ("realtime_http::test_only_caller_and_admins_see_the_instructions",),
    "agent-available": (
        "sessions_http::test_an_agent_is_available_while_its_worker_is_heard",
        "realtime_http::test_the_status_tells_the_truth_about_the_agent",
    ),
    "realtime-delete": (
        "realtime_http::test_ending_it_makes_the_agent_leave_and_tells_for_how_long_it_was_there",
        "realtime_http::test_get_and_delete_know_400_403_and_404",
    ),
    "models-and-voices": ("realtime_http::test_retired_names_are_echoed_and_stand_for_their_successors",),
    "livekit-token": (
        "tokens_http::test_livekits_own_shape",
        "tokens_http::test_who_somebody_is_is_not_theirs_to_say",
    ),
    "recording-starts": (
        "recordings_http::test_it_begins_when_the_call_connects_and_stops_with_it",
        "recordings_http::test_before_it_is_connected_and_after_its_end_it_is_400",
    ),
    "recording-unconfigured": ("recordings_http::test_without_a_recorder_every_route_says_so_and_calls_go_on",),
    "recording-url": ("recordings_http::test_a_recording_from_its_start_to_its_address",),
    "recordings": (
        "recordings_http::test_several_recordings_of_one_call_newest_first",
        "recordings_http::test_one_at_a_time",
    ),
    "starting-is-active": ("recording_state::test_what_clients_see",),
    "recording-queries": (
        "recordings_http::test_what_can_be_asked_for",
        "agents_http::test_all_agents_for_admins_and_ones_own_for_others",
    ),
    "lists": (
        "sessions_http::test_calls_are_listed_newest_first",
        "agents_http::test_all_agents_for_admins_and_ones_own_for_others",
        "recordings_http::test_what_can_be_asked_for",
    ),
    "output-path": (
        "recordings_http::test_a_path_of_ones_own_lies_under_the_call_and_overwrites_nothing",
        "recording_paths::test_a_path_stays_under_its_call_however_it_is_read",
    ),
    "recording-patch": (
        "recordings_http::test_a_transcript_replaces_the_text_and_an_address_is_noted_and_not_fetched",
        "recordings_http::test_an_address_that_is_not_https",
    ),
    "transcript": (
        "sessions_http::test_a_finished_call_is_shown_whole",
        "recordings_http::test_a_transcript_replaces_the_text_and_an_address_is_noted_and_not_fetched",
        "access::test_a_transcript_names_its_speakers",
    ),
    "unclear": ("transcripts::test_words_that_nobody_knows_are_told_from_words",),
    "transcription-flag": (
        "user_to_user::test_the_callee_finds_the_call_and_knows_what_is_recorded_before_they_answer",
        "user_to_user::test_the_room_tells_everyone_what_is_recorded_and_nothing_that_a_client_sent",
    ),
    "may-read": ("conferences::test_a_guest_may_read_it_and_not_change_it",),
    "may-change": (
        "change_call::test_only_people_of_the_call_and_admins_may_end_it",
        "two_users::test_a_stranger_can_do_nothing_to_a_call",
    ),
    "others": ("sessions_http::test_other_peoples_calls", "two_users::test_a_stranger_can_do_nothing_to_a_call"),
    "slots": (
        "open_call::test_slots_count_once_a_worker_has_said_how_many_it_has",
        "recordings_http::test_a_call_without_ai_needs_a_slot_when_it_is_recorded",
    ),
    "livekit-down": ("open_call::test_a_media_server_that_fails_leaves_nothing_half_made",),
    "error-body": (
        "http_errors::test_every_error_has_a_status_and_a_body",
        "http_errors::test_an_endpoints_own_phrase_comes_first",
        "middleware::test_every_answer_has_a_request_id",
    ),
    "invalid-is-400": (
        "sessions_http::test_bad_input_is_400_and_leaves_nothing",
        "sessions_http::test_an_invalid_enum_names_the_allowed_values",
    ),
    "unauthorized": ("middleware::test_nothing_is_let_in_without_a_token_but_what_is_public",),
    "same-body": (
        "sessions_http::test_what_is_not_there",
        "sessions_http::test_a_form_is_415_and_unknown_keys_are_named",
        "middleware::test_a_body_is_refused_while_it_streams",
        "integration/control_api/bounded_http::test_what_is_too_large_or_no_http_is_told_so",
        "integration/control_api/hostile_requests::test_any_body_is_taken_or_refused",
    ),
    "unknown-keys": (
        "sessions_http::test_a_form_is_415_and_unknown_keys_are_named",
        "sessions_http::test_an_invalid_enum_names_the_allowed_values",
    ),
    "paging": (
        "sessions_http::test_queries_out_of_range",
        "sessions_http::test_calls_are_listed_newest_first",
        "paging::test_following_the_links_shows_every_call_once",
        "paging::test_what_pages_there_are",
    ),
    "times": ("sessions_http::test_a_finished_call_is_shown_whole",),
    "too-many-requests": (
        "rate_limit_middleware::test_the_body_of_a_refusal_has_exactly_the_contracts_keys_and_details",
    ),
    "limit-headers": (
        "rate_limit_middleware::test_an_answer_has_the_headers",
        "access_http::test_every_answer_of_a_limited_route_has_the_headers",
    ),
    "limit-classes": (
        "rate_classes::test_the_class_of_a_request",
        "rate_limit_middleware::test_a_token_is_counted_as_what_it_turns_out_to_be",
    ),
    "limit-who": (
        "rate_limit_middleware::test_users_are_counted_apart_and_admins_read_more",
        "rate_limit_middleware::test_who_is_not_signed_in_is_counted_by_address_as_a_reader",
        "rate_limit_middleware::test_a_forwarded_address_is_not_believed_by_default",
        "client_address::test_nothing_that_a_client_writes_changes_who_it_is",
    ),
    "limit-exact": (
        "rate_windows::test_of_50_at_once_exactly_the_limit_pass",
        "rate_windows::test_two_processes_count_together",
        "memory_rate_window::test_no_stretch_of_a_window_ever_holds_more_than_the_limit",
    ),
    "never-refused": (
        "rate_limit_middleware::test_ending_is_never_refused",
        "idempotent_http::test_replays_are_not_charged_and_never_refused",
    ),
    "not-limited": (
        "rate_limit_middleware::test_public_routes_have_no_headers_and_no_limit",
        "access_http::test_what_is_public_or_internal_has_no_limit",
    ),
    "store-down": (
        "rate_limiter::test_while_the_store_is_down_costly_classes_have_half_the_limit",
        "rate_limiter::test_while_the_store_is_down_reads_stay_open",
        "integration/control_api/rate_store_outage::test_a_server_that_is_stopped_and_started_again",
    ),
    "no-store": ("edge_http::test_no_answer_may_be_kept_on_the_way",),
    "cors": (
        "edge_http::test_without_a_list_no_origin_is_allowed",
        "edge_http::test_other_origins_are_not_let_in_by_a_list",
    ),
    "slow-and-large": (
        "integration/control_api/bounded_http::test_what_is_too_large_or_no_http_is_told_so",
        "integration/control_api/bounded_http::test_a_request_that_does_not_arrive_in_time_is_408",
        "integration/control_api/slow_clients::test_slow_clients_do_not_slow_a_good_one",
        "integration/control_api/slow_clients::test_an_endless_body_is_refused_while_it_streams",
    ),
    "one-effect": (
        "idempotent_http::test_a_repeated_post_gets_the_same_answer_and_makes_nothing",
        "idempotent_http::test_fifty_at_once_make_one_call",
        "idempotent_http::test_keys_of_others_are_others",
        "idempotent_http::test_a_key_is_forgotten_after_a_day",
        "integration/control_api/idempotency_kill::test_a_retry_after_kill_gets_the_one_call",
    ),
    "other-body": ("idempotent_http::test_a_key_with_another_body_is_409",),
    "no-token-kept": (
        "idempotent_http::test_nothing_that_opens_a_room_is_kept",
        "idempotent_http::test_a_token_is_signed_afresh_in_every_shape",
        "idempotent_http::test_there_is_no_token_for_a_call_that_is_over",
    ),
    "refusals-kept": (
        "idempotent_http::test_a_refusal_by_the_work_is_kept",
        "idempotent_http::test_what_was_refused_before_the_work_began_is_not_kept",
    ),
    "bearer-and-cookie": (
        "middleware::test_the_session_cookie_signs_in_but_writes_only_from_our_own_pages",
        "credentials::test_what_cannot_be_one_token_is_refused",
        "middleware::test_of_several_session_cookies_those_that_are_good_must_be_of_one_person",
        "integration/control_api/clerk_keys::test_a_good_token_comes_in_by_header_and_by_cookie",
    ),
    "bad-tokens": (
        "clerk_sign_in::test_a_bad_token_lets_nobody_in",
        "clerk_sign_in::test_the_table_is_long_enough",
    ),
    "parties": (
        "clerk_sign_in::test_each_of_our_parties_may",
        "clerk_sign_in::test_a_native_application_names_no_party_and_uses_no_cookie",
        "access_http::test_a_cookie_writes_only_from_our_pages",
    ),
    "keys": (
        "clerk_sign_in::test_a_key_of_the_operators_needs_no_key_id",
        "key_cache::test_a_rotated_key_is_found_at_its_first_token",
        "integration/control_api/clerk_keys::test_no_issuer_at_the_start_is_503_with_retry_after_and_never_a_pass",
    ),
    "admins": (
        "clerk_sign_in::test_admins_are_those_whom_the_claim_says",
        "clerk_sign_in::test_both_claims_can_be_named_by_the_operator",
    ),
    "development-issuer": (
        "settings::test_every_problem_is_named",
        "signing::test_the_development_issuer_signs_people_in",
    ),
    "contract-settings": (
        "settings::test_livekit_is_configured_by_three",
        "settings::test_livekit_url_is_an_alias_and_empty_is_unset",
        "contract_rows::test_every_general_row_is_named_by_a_test",
    ),
    "settings-problems": (
        "settings::test_every_problem_is_named",
        "settings::test_no_value_is_ever_shown",
    ),
    "livekit-addresses": ("wiring::test_browsers_and_processes_have_addresses_of_their_own",),
    "health": ("middleware::test_ready_says_what_is_missing_by_name",),
    "nextjs": ("integration/control_api/nextjs::test_a_page_reads_and_writes_with_the_cookie",),
}


def statements() -> list[str]:
    return re.findall(r"^- `([a-z0-9-]+)`: ", NOTES.read_text(), flags=re.MULTILINE)


def test_every_statement_has_a_proof_and_every_proof_a_statement() -> None:
    assert len(statements()) == len(set(statements()))
    assert set(PROOFS) == set(statements())


@pytest.mark.parametrize("proof", sorted({proof for proofs in PROOFS.values() for proof in proofs}))
def test_the_proof_exists(proof: str) -> None:
    assert test_exists(proof)
