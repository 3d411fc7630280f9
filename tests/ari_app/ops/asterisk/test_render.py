"""What stands in Asterisk's files, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ari_app.ops.asterisk.certificate import Certificate
from ari_app.ops.asterisk.endpoints import Endpoints
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.modules import REQUIRED
from ari_app.ops.asterisk.render import Plan, permitted_networks, render, split_port, write_configuration
from ari_app.ops.settings import Settings

_EXOTEL: dict[str, Any] = {
    "account_sid": "shop1",
    "exophone": "+918047100000",
    "edges": ["edge1.example", "192.0.2.7:5080"],
    "allow": ["198.51.100.0/24"],
}


def _render(certificate: Certificate | None = None, **changes: object) -> dict[str, str]:
    return render(
        Plan(
            settings=Settings.model_validate(changes),
            endpoints=Endpoints("127.0.0.1", 8088, "127.0.0.1", 5060, 5061, 5062, 10000, 20000),
            folder=Path("/run/mercury/asterisk"),
            run_folder=Path("/run/mercury/asterisk/run"),
            modules_dir=Path("/modules"),
            modules=REQUIRED,
            ari_password_hash="$2b$04$hash",
            certificate=certificate,
        )
    )


def _sections(text: str, name: str) -> list[dict[str, list[str]]]:
    """The sections of that name; each option's values in order."""
    found: list[dict[str, list[str]]] = []
    here: dict[str, list[str]] | None = None
    for line in text.splitlines():
        if line.startswith("["):
            here = {} if line == f"[{name}]" else None
            if here is not None:
                found.append(here)
        elif here is not None and "=" in line and not line.startswith(";"):
            option, _, value = line.partition("=")
            here.setdefault(option.strip(), []).append(value.strip().lstrip(">").strip())
    return found


def _section(text: str, name: str, kind: str) -> dict[str, list[str]]:
    return next(section for section in _sections(text, name) if section["type"] == [kind])


def test_only_listed_modules_are_loaded() -> None:
    (modules,) = _sections(_render()["modules.conf"], "modules")
    assert modules["autoload"] == ["no"]
    assert modules["load"] == list(REQUIRED)
    assert not [name for name in REQUIRED if "identifier" in name and name != "res_pjsip_endpoint_identifier_ip.so"]


def test_all_that_asterisk_writes_is_in_the_run_folder() -> None:
    (folders,) = _sections(_render()["asterisk.conf"], "directories")
    assert folders.pop("astmoddir") == ["/modules"]
    assert [paths for paths in folders.values() if not paths[0].startswith("/run/mercury/asterisk")] == []


def test_ari_is_on_loopback_with_a_hashed_password() -> None:
    texts = _render()
    (http,) = _sections(texts["http.conf"], "general")
    assert (http["bindaddr"], http["bindport"]) == (["127.0.0.1"], ["8088"])
    assert (http["enable_static"], http["enable_status"]) == (["no"], ["no"])
    user = _section(texts["ari.conf"], "mercury", "user")
    assert (user["password_format"], user["password"]) == (["crypt"], ["$2b$04$hash"])
    (general,) = _sections(texts["ari.conf"], "general")
    assert "allowed_origins" not in general
    assert int(general["websocket_write_timeout"][0]) > 100


def test_the_test_trunk_is_known_by_address() -> None:
    pjsip = _render(test_trunk={"allow": ["127.0.0.1/32", "127.0.0.5/32"]})["pjsip.conf"]
    assert _section(pjsip, "test-trunk", "identify")["match"] == ["127.0.0.1/32", "127.0.0.5/32"]
    assert _section(pjsip, "trunks-only", "acl")["permit"] == ["127.0.0.1/32", "127.0.0.5/32"]
    endpoint = _section(pjsip, "test-trunk", "endpoint")
    assert endpoint["allow"] == ["alaw,ulaw"]
    assert endpoint["direct_media"] == ["no"]
    assert int(endpoint["rtp_timeout"][0]) > 0
    assert int(endpoint["rtp_timeout_hold"][0]) > 0


def test_exotel_is_off_until_it_is_set_up() -> None:
    texts = _render()
    assert "exotel" not in texts["pjsip.conf"]
    assert "exotel" not in texts["extensions.conf"]
    assert "exotel" not in _render(exotel={"account_sid": "shop1", "edges": ["edge1.example"]})["pjsip.conf"]


def test_exotel_over_tcp() -> None:
    pjsip = _render(exotel=_EXOTEL)["pjsip.conf"]
    endpoint = _section(pjsip, "exotel", "endpoint")
    assert endpoint["from_user"] == ["+918047100000"]
    assert endpoint["from_domain"] == ["shop1.pstn.exotel.com"]
    assert endpoint["trust_id_inbound"] == ["yes"]
    assert (endpoint["transport"], endpoint["media_encryption"]) == (["tcp"], ["no"])
    assert "outbound_auth" not in endpoint
    assert endpoint["aors"] == ["exotel-1,exotel-2"]
    edges = [_section(pjsip, name, "aor") for name in ("exotel-1", "exotel-2")]
    assert [edge["contact"] for edge in edges] == [
        [r"sip:edge1.example:5070\;transport=tcp"],
        [r"sip:192.0.2.7:5080\;transport=tcp"],
    ]
    assert edges[0]["qualify_frequency"] == ["0"]
    assert _section(pjsip, "exotel", "identify")["match"] == ["198.51.100.0/24", "edge1.example", "192.0.2.7"]
    assert "registration" not in pjsip


def test_exotel_over_tls_with_digest_credentials() -> None:
    certificate = Certificate(Path("/keys/sip.pem"), Path("/keys/sip.key"))
    credentials = {"transport": "tls", "username": "u", "password": "p;w", "domain": "d.example"}
    pjsip = _render(certificate, exotel={**_EXOTEL, **credentials})["pjsip.conf"]
    endpoint = _section(pjsip, "exotel", "endpoint")
    assert (endpoint["transport"], endpoint["media_encryption"]) == (["tls"], ["sdes"])
    assert endpoint["from_domain"] == ["d.example"]
    assert endpoint["outbound_auth"] == ["exotel"]
    assert _section(pjsip, "exotel", "auth")["password"] == [r"p\;w"]
    assert _section(pjsip, "exotel-1", "aor")["contact"][0] == r"sip:edge1.example:443\;transport=tls"
    assert _section(pjsip, "tls", "transport")["verify_server"] == ["yes"]


def test_a_trunk_over_tls_needs_a_certificate() -> None:
    with pytest.raises(AsteriskError, match="openssl"):
        _render(exotel={**_EXOTEL, "transport": "tls"})


def test_behind_nat_the_public_address_is_told() -> None:
    assert "external_media_address" not in _render()["pjsip.conf"]
    pjsip = _render(sip={"public_host": "203.0.113.5"})["pjsip.conf"]
    assert _section(pjsip, "udp", "transport")["external_media_address"] == ["203.0.113.5"]


@pytest.mark.parametrize(
    ("exotel", "expected"),
    [
        ({}, ("127.0.0.1/32",)),
        (_EXOTEL, ("127.0.0.1/32", "198.51.100.0/24", "192.0.2.7")),
        ({**_EXOTEL, "allow": [], "edges": ["192.0.2.7"]}, ("127.0.0.1/32", "192.0.2.7")),
        ({**_EXOTEL, "allow": []}, ()),
    ],
)
def test_who_is_answered_at_all(exotel: dict[str, object], expected: tuple[str, ...]) -> None:
    assert permitted_networks(Settings.model_validate({"exotel": exotel})) == expected


def test_calls_go_to_stasis_with_their_trunk_and_number() -> None:
    dialplan = _render(asterisk={"application": "night"}, exotel=_EXOTEL)["extensions.conf"]
    assert "exten => _+XXXXXXXXXXXX,1,Stasis(night,inbound,exotel,${EXTEN})" in dialplan
    assert "exten => _XX,1,Stasis(night,inbound,test-trunk,${EXTEN})" in dialplan
    assert "X" * 16 not in dialplan
    assert "Goto(after-mercury,${STASISSTATUS},1)" in dialplan


def test_the_fallback_number_is_said_when_there_is_one() -> None:
    assert "SayDigits" not in _render()["extensions.conf"]
    assert "SayDigits(918047100000)" in _render(calls={"fallback_number": "+918047100000"})["extensions.conf"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"calls": {"fallback_number": "call us"}}, "fallback_number"),
        ({"asterisk": {"ari_user": "x\n[y]"}}, "line break"),
        ({"exotel": {**_EXOTEL, "edges": ["edge:sip"]}}, "host:port"),
    ],
)
def test_values_that_would_break_a_file_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(AsteriskError, match=said):
        _render(**changes)


def test_split_port() -> None:
    assert (split_port("a"), split_port("a:1")) == (("a", 0), ("a", 1))


def test_files_are_written_for_their_owner_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / "old.conf").write_text("")
    write_configuration(tmp_path, {"new.conf": "text"})
    assert [path.name for path in tmp_path.iterdir()] == ["new.conf"]
    assert (tmp_path / "new.conf").stat().st_mode & 0o077 == 0
