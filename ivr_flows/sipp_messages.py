"""The SIP of SIPp's scenarios (RFC 3261): the calling side, the called side, and the end of either.

`@caller@` stands for the caller's number.
"""

from __future__ import annotations

EVENTS = 101
"""Payload type of telephone-event (RFC 4733)."""
ENDED = """  <recv request="BYE" timeout="{timeout}"/>
  <label id="ended"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>"""
_SDP = f"""Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP[media_ip_type] [media_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 8 {EVENTS}
a=rtpmap:8 PCMA/8000
a=rtpmap:{EVENTS} telephone-event/8000
a=fmtp:{EVENTS} 0-15
a=ptime:20
"""
_US = "[local_ip]:[local_port];transport=[transport]"


def _request(method: str, number: int, uri: str, to: str, rest: str = "Content-Length: 0\n") -> str:
    """A request of the calling SIPp."""
    return f"""{method} {uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:@caller@@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: {to}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:@caller@@{_US}>
Max-Forwards: 70
{rest}"""


_CALLEE = "<sip:[service]@[remote_ip]:[remote_port]>"
CALLS = f"""  <send retrans="500"><![CDATA[
{_request("INVITE", 1, "sip:[service]@[remote_ip]:[remote_port]", _CALLEE, _SDP)}
]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
  <send><![CDATA[
{_request("ACK", 1, "[next_url]", _CALLEE + "[peer_tag_param]")}
]]></send>"""
CALLS_BYE = f"""  <send retrans="500"><![CDATA[
{_request("BYE", 2, "[next_url]", _CALLEE + "[peer_tag_param]")}
]]></send>
  <recv response="200"/>"""


def _answer(status: str, rest: str = "Content-Length: 0\n") -> str:
    """An answer of the called SIPp to the INVITE."""
    return f"""SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=[pid]-[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:{_US}>
{rest}"""


CALLED = f"""  <recv request="INVITE" rrs="true"><action>
    <ereg regexp="[^ ].*" search_in="hdr" header="From:" check_it="true" assign_to="remote"/>
    <ereg regexp="[^ ].*" search_in="hdr" header="To:" check_it="true" assign_to="own"/>
  </action></recv>
  <send><![CDATA[
{_answer("180 Ringing")}
]]></send>
  <send retrans="500"><![CDATA[
{_answer("200 OK", _SDP)}
]]></send>
  <recv request="ACK"/>"""
CALLED_BYE = f"""  <send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$own];tag=[pid]-[call_number]
To: [$remote]
Call-ID: [call_id]
CSeq: 1 BYE
Contact: <sip:{_US}>
Max-Forwards: 70
Content-Length: 0

]]></send>
  <recv response="200"/>"""
