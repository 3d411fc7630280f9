"""The vendor's call, path by path."""

from __future__ import annotations

import pytest

from ivr_flows.commands import End
from ivr_flows.world import World
from tests.ivr_flows.shop import vendor


def test_reads_the_order_and_asks_last() -> None:
    call = vendor()
    assert "2 पनीर टिक्का, 1 नान और 1 रायता" in call.greeting
    assert "1250 रुपये 50 पैसे" in call.greeting
    assert call.greeting.index("1250 रुपये") < call.greeting.index("एक दबाइए")
    assert call.wait.keys == "123*"


def test_accept_by_key_with_minutes_is_committed_before_it_is_confirmed() -> None:
    call = vendor()
    assert "कितने मिनट" in call.keys("1")
    said = call.keys("20#")
    assert [(d.outcome, d.data) for d in call.decisions] == [("confirmed", {"ready_in": 20})]
    assert "20 मिनट" in said
    order = [line.what for line in call.transcript if "पक्का हो गया" in line.what or "decides" in line.what]
    assert order[0].startswith("decides")
    assert call.end == End("confirmed", {"ready_in": 20}, decided=True)


@pytest.mark.parametrize(("language", "minutes"), [("mr", "२० मिनिटे"), ("en", "20 minutes")])
def test_minutes_are_said_in_the_call_s_language(language: str, minutes: str) -> None:
    call = vendor(language)
    assert minutes in call.keys("120#")


@pytest.mark.parametrize("typed", ["4#", "95#", "150#", "#"])
def test_minutes_out_of_bounds_are_asked_again(typed: str) -> None:
    call = vendor()
    call.keys("1")
    assert "पाँच से नब्बे" in call.keys(typed)
    assert not call.decisions
    call.keys("90#")
    assert call.end
    assert call.end.data == {"ready_in": 90}


def test_silence_ends_the_entry_of_minutes_sooner_when_it_is_full() -> None:
    call = vendor()
    call.keys("1")
    assert call.wait.silence_ms == 5000
    call.keys("2")
    assert call.wait.silence_ms == 3000
    call.keys("5")
    assert call.wait.silence_ms == 1500
    call.silence()
    assert call.end
    assert call.end.data == {"ready_in": 25}


def test_reject_by_key_records_the_reason() -> None:
    call = vendor()
    call.keys("24")
    assert call.wait.free
    assert call.wait.record
    call.say("पनीर ख़त्म हो गया", recording="turn-1.wav")
    said = {"reason_kind": "other", "reason": "पनीर ख़त्म हो गया", "reason_recording": "turn-1.wav"}
    assert call.end == End("rejected", said, decided=True)


def test_hanging_up_at_the_reason_still_rejects() -> None:
    call = vendor()
    call.keys("2")
    assert call.hang_up() == End("rejected", {}, decided=False)


def test_hash_instead_of_a_reason_rejects() -> None:
    call = vendor()
    call.keys("24#")
    assert call.end == End("rejected", {"reason_kind": "other", "reason": ""}, decided=True)


def test_silence_at_the_reason_rejects_after_two_tries() -> None:
    call = vendor()
    call.keys("2")
    assert "वजह" in call.silence()
    call.silence()
    assert call.end == End("rejected", {}, decided=True)


def test_hanging_up_before_a_decision() -> None:
    assert vendor().hang_up() == End("hung_up")
    call = vendor()
    call.keys("12")
    assert call.hang_up() == End("hung_up")


def test_star_repeats_the_order_and_the_question() -> None:
    call = vendor()
    assert call.keys("*") == call.greeting
    assert call.say("फिर से बोलिए") == call.greeting


def test_yes_by_voice_asks_for_the_minutes() -> None:
    call = vendor()
    assert "कितने मिनट" in call.say("हां जी!")


def test_a_rejection_by_voice_is_asked_back() -> None:
    call = vendor()
    assert "मना कर दें?" in call.say("नहीं")
    assert not call.decisions
    assert "वजह" in call.say("हाँ")


def test_no_to_the_confirmation_puts_the_question_again() -> None:
    call = vendor()
    call.say("मना कर दो")
    assert "ऑर्डर लेने के लिए" in call.say("जी नहीं")
    assert "कितने मिनट" in call.keys("1")


def test_a_key_confirms_at_once_whatever_was_said() -> None:
    call = vendor()
    call.say("नहीं")
    assert "वजह" in call.keys("2")
    other = vendor()
    other.say("नहीं")
    assert "कितने मिनट" in other.keys("1")


def test_speech_below_the_threshold_asks_for_the_key() -> None:
    call = vendor()
    assert "बटन दबाइए" in call.say("हाँ", 0.3)
    assert "बटन दबाइए" in call.say("अरे ले ही लेते हैं", 0.9, accept=0.55)
    assert "कितने मिनट" in call.keys("1")


def test_a_guess_above_the_threshold_is_taken() -> None:
    assert "कितने मिनट" in vendor().say("अरे ले ही लेते हैं", 0.9, accept=0.85)


def test_silence_three_times_ends_unclear() -> None:
    call = vendor()
    assert "आवाज़ नहीं आई" in call.silence()
    call.silence()
    assert "अभी पक्का नहीं है" in call.silence()
    assert call.end == End("unclear")


def test_wrong_keys_escalate_and_end_unclear() -> None:
    call = vendor()
    assert "समझ नहीं आया" in call.keys("7")
    assert "फ़ोन का बटन" in call.keys("7")
    call.keys("7")
    assert call.end == End("unclear")


def test_an_order_that_was_answered_before_is_not_confirmed() -> None:
    call = vendor(world=World({}, accepted=False))
    said = call.keys("120#")
    assert "पहले ही" in said
    assert "पक्का हो गया" not in said
    assert call.end == End("already_answered", {"ready_in": 20})


def test_a_decision_that_was_not_committed_is_not_confirmed() -> None:
    call = vendor(world=World({}, accepted=None))
    said = call.keys("120#")
    assert "दर्ज नहीं हो पाया" in said
    assert call.end == End("not_recorded", {"ready_in": 20})
