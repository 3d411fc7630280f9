"""Music for callers whose Mercury has just ended, from Asterisk alone, until the next one takes them over again."""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

_LIMIT_S = 1.0
_BRIDGE = re.compile(r"call_[0-9a-f]+(-\d+)?-bridge$")
_MEDIA = re.compile(r"-media(-\d+)?$")


def silent_bridges(bridges: Sequence[Mapping[str, Any]], node: str) -> list[str]:
    """The node's bridges in which one person is alone with Mercury's media; two who talk are left to it."""
    return [
        str(bridge["id"])
        for bridge in bridges
        if str(bridge["id"]).startswith(f"mercury-{node}-")
        and _BRIDGE.search(str(bridge["id"]))
        and sum(not _MEDIA.search(str(name)) for name in bridge["channels"]) == 1
    ]


def play_to_silent(ari_url: str, user: str, password: str, node: str) -> int:
    """Have Asterisk play to all of them; how many. Blocks, for a second at most each request.

    Raises `OSError`, `http.client.HTTPException` or `ValueError` where Asterisk does not answer as it should.
    """
    address = urlsplit(ari_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_LIMIT_S)
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    played = 0
    try:
        connection.request("GET", f"{address.path}/bridges", headers=headers)
        bridges = json.loads(connection.getresponse().read())
        for bridge in silent_bridges(bridges, node):
            connection.request("POST", f"{address.path}/bridges/{quote(bridge)}/moh", headers=headers)
            answer = connection.getresponse()
            answer.read()
            played += answer.status < 300
    finally:
        connection.close()
    return played
