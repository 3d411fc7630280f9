from __future__ import annotations

import pytest

from ari_app.ari.address import Address, Query, encode_query, segment


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://127.0.0.1:8088", "http://127.0.0.1:8088/ari"),
        ("http://127.0.0.1:8088/", "http://127.0.0.1:8088/ari"),
        ("http://127.0.0.1:8088/ari", "http://127.0.0.1:8088/ari"),
        ("https://pbx.example/asterisk/ari/", "https://pbx.example/asterisk/ari"),
        ("http://[::1]:8088", "http://[::1]:8088/ari"),
    ],
)
def test_the_root_is_found_from_any_form_of_the_url(url: str, root: str) -> None:
    assert Address.parse(url).root == root


@pytest.mark.parametrize("url", ["127.0.0.1:8088", "ftp://pbx", "http://", "http://u:p@pbx", "http://pbx?api_key=x"])
def test_what_is_no_url_of_a_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Address.parse(url)


def test_the_websocket_is_at_the_same_place() -> None:
    assert Address("https://pbx/ari").events("a b") == "wss://pbx/ari/events?app=a%20b&subscribeAll=false"
    assert Address("http://pbx/ari").events("x", subscribe_all=True) == "ws://pbx/ari/events?app=x&subscribeAll=true"


def test_a_query_is_written_as_asterisk_reads_it() -> None:
    query: Query = {"callerId": "+9198 1", "timeout": 30, "mute": False, "media": ["sound:a&b", "tone:x"], "lang": None}
    assert encode_query(query) == "callerId=%2B9198%201&timeout=30&mute=false&media=sound%3Aa%26b%2Ctone%3Ax"


def test_a_segment_can_not_leave_its_place() -> None:
    assert segment("a/../b?c#d é") == "a%2F..%2Fb%3Fc%23d%20%C3%A9"


def test_an_empty_id_is_refused_since_it_would_address_all() -> None:
    with pytest.raises(ValueError, match="empty"):
        segment("")
