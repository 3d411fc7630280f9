"""Reading SIP messages, SIPp's log and session descriptions; making scenarios."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from phones.scenario import HeaderError, Identity, Invitation, callee_scenario, caller_scenario
from phones.sdp import Media, SdpError, read_media
from phones.sip import SipMessage, read_message_log

BUSY = SipMessage(
    "SIP/2.0 486 Busy Here\r\nVia: SIP/2.0/UDP 127.0.0.1:1;branch=x\r\nCSeq: 1 INVITE\r\n"
    "reason: Q.850;cause=17\r\nContent-Length: 0\r\n\r\n"
)
LOG = """\
----------------------------------------------- 2026-11-21T02:26:11.831180Z
UDP message sent [470] bytes:

INVITE sip:1@127.0.0.1 SIP/2.0
CSeq: 1 INVITE

v=0

----------------------------------------------- 2026-11-21T02:26:11.900000Z
TCP control message sent [40] bytes:

Call-ID: 1@x
Event: ringing

----------------------------------------------- 2026-11-21T02:26:12.000001Z
UDP message received [470] bytes:

SIP/2.0 200 OK
CSeq: 1 INVITE

"""
IDENTITY = Identity("127.0.0.1", 5062, "tag", "z9hG4bK1")


def test_a_response_is_read() -> None:
    assert (BUSY.status, BUSY.reason_phrase, BUSY.method, BUSY.cseq_method) == (486, "Busy Here", "", "INVITE")
    assert (BUSY.cause, BUSY.body, BUSY.request_uri) == (17, "", "")


def test_a_request_is_read() -> None:
    message = SipMessage('INVITE sip:+91800@h SIP/2.0\r\nFrom: "A" <sip:1@x>;tag=1\r\nX-Exotel-CallSid: abc\r\n\r\nv=0')
    assert (message.method, message.status, message.request_uri, message.body) == ("INVITE", 0, "sip:+91800@h", "v=0")
    assert message.header("x-exotel-callsid") == "abc"
    assert message.header("Call") == ""
    assert message.cause == 0


def test_the_log_gives_messages_with_times_and_without_the_twins_commands() -> None:
    sent, received = read_message_log(LOG)
    assert (sent.sent, sent.message.method, sent.message.body.strip()) == (True, "INVITE", "v=0")
    assert (received.sent, received.message.status) == (False, 200)
    assert received.at - sent.at == pytest.approx(0.168821, abs=1e-6)
    assert datetime.fromtimestamp(sent.at, UTC).isoformat() == "2026-11-21T02:26:11.831180+00:00"


def test_an_empty_log_has_no_messages() -> None:
    assert read_message_log("") == ()


def test_a_description_survives_the_way() -> None:
    media = Media("127.0.0.2", 4000, (8, 0), 96)
    assert read_media(media.describe()) == media
    assert "m=audio 4000 RTP/AVP 8 0 96" in media.describe()


def test_a_description_without_keys() -> None:
    assert read_media(Media("127.0.0.1", 4000, (8,), None).describe()).event_payload is None


@pytest.mark.parametrize("text", ["", "v=0\nm=video 1 RTP/AVP 96\nc=IN IP4 1.2.3.4", "m=audio 4000 RTP/AVP 8"])
def test_a_description_that_says_too_little_is_refused(text: str) -> None:
    with pytest.raises(SdpError, match="expected an"):
        read_media(text)


def test_a_callers_scenario_holds_every_message_and_leads_nowhere_else() -> None:
    invitation = Invitation("sip:+91800@127.0.0.1:5060", "<sip:1@x>", "<sip:2@y>", "1", {"X-Exotel-CallSid": "abc"})
    scenario = caller_scenario(IDENTITY, invitation, "v=0")
    sent = re.findall(r"<send\b[^>]*><!\[CDATA\[\s*(.*?)\]\]></send>", scenario, re.DOTALL)
    assert {text.split()[0] for text in sent} == {"INVITE", "ACK", "BYE", "CANCEL", "SIP/2.0"}
    assert "X-Exotel-CallSid: abc" in sent[0]
    assert _destinations(scenario) <= _labels(scenario)


def test_a_callees_scenario_has_every_reply_and_leads_nowhere_else() -> None:
    scenario = callee_scenario(IDENTITY, {"Reason": "Q.850;cause=17"}, "v=0")
    assert {f"reply_{code}" for code in (180, 183, 200, 403, 404, 408, 480, 486, 500, 503, 603)} <= _labels(scenario)
    assert _destinations(scenario) <= _labels(scenario)
    assert "Reason: Q.850;cause=17" in scenario


def _destinations(scenario: str) -> set[str]:
    return set(re.findall(r'(?:next|ontimeout)="(\w+)"', scenario))


def _labels(scenario: str) -> set[str]:
    return set(re.findall(r'<label id="(\w+)"', scenario))


@pytest.mark.parametrize("value", ["", "a\r\nVia: x", "[call_id]", "a\x1bb"])
def test_headers_that_would_break_the_message_are_refused(value: str) -> None:
    with pytest.raises(HeaderError, match="one line"):
        callee_scenario(IDENTITY, {"X-Name": value}, "v=0")
