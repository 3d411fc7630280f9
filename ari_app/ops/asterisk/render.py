"""Asterisk's configuration, made from the settings: templates of asterisk-conf/ and dialplan/ in, texts out."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2

from ari_app.ops.asterisk.certificate import Certificate
from ari_app.ops.asterisk.endpoints import Endpoints
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.paths import data_path
from ari_app.ops.secrets import write_private
from ari_app.ops.settings import ExotelSettings, Settings

_TLS_PORT = 443
_EMPTY = (
    *("acl.conf", "ccss.conf", "cli_permissions.conf", "codecs.conf", "dnsmgr.conf", "dsp.conf", "extconfig.conf"),
    *("features.conf", "pjproject.conf", "sorcery.conf", "udptl.conf", "websocket_client.conf"),
)
"""Files that Asterisk complains about when they aren't there, though it needs nothing from them."""
_NUMBER = re.compile(r"\+?\d{2,15}")


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the configuration is made from. `folder` is where it will be, `run_folder` has its socket."""

    settings: Settings
    endpoints: Endpoints
    folder: Path
    run_folder: Path
    modules_dir: Path
    modules: tuple[str, ...]
    ari_password_hash: str
    certificate: Certificate | None


@dataclass(frozen=True, slots=True)
class _Exotel:
    domain: str
    aors: dict[str, str]
    """An address of record for each edge, so that they keep their order: its name, and its contact."""
    matches: tuple[str, ...]
    password: str


def render(plan: Plan) -> dict[str, str]:
    """Every configuration file's text by its name.

    Raises `AsteriskError` for values that can't stand in a configuration file.
    """
    settings = plan.settings
    if settings.exotel.enabled and settings.exotel.transport == "tls" and plan.certificate is None:
        raise AsteriskError(
            "a trunk over TLS needs a certificate: install openssl, or set sip.tls_certificate and tls_key"
        )
    trunks = [
        name for name, on in (("test-trunk", settings.test_trunk.enabled), ("exotel", settings.exotel.enabled)) if on
    ]
    values = {
        **{name: getattr(plan, name) for name in Plan.__slots__},
        "trunks": trunks,
        "exotel": _exotel(settings.exotel) if settings.exotel.enabled else None,
        "permitted": permitted_networks(settings),
        "bound_to_one_address": not ipaddress.ip_address(settings.sip.host).is_unspecified,
        "fallback_digits": _fallback_digits(settings.calls.fallback_number),
    }
    environment = _environment(data_path("asterisk-conf"), data_path("dialplan"))
    names = [name for name in environment.list_templates() if name.endswith(".conf.j2")]
    texts = {name.removesuffix(".j2"): environment.get_template(name).render(values) for name in names}
    texts["extensions.conf"] = environment.get_template("extensions.conf").render(values)
    return texts | dict.fromkeys(_EMPTY, "; Nothing to set.\n")


def write_configuration(folder: Path, texts: dict[str, str]) -> None:
    """Write the texts, for their owner alone, and remove what an earlier version wrote and this one does not."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.conf"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        write_private(folder / name, text)


def permitted_networks(settings: Settings) -> tuple[str, ...]:
    """Whom SIP answers at all. Empty (no list) when only Exotel's host names are known: `identify` looks those up."""
    exotel = settings.exotel
    edges = tuple(split_port(edge)[0] for edge in exotel.edges) if exotel.enabled else ()
    if exotel.enabled and not exotel.allow and not all(map(_is_address, edges)):
        return ()
    test = settings.test_trunk.allow if settings.test_trunk.enabled else ()
    allow = exotel.allow if exotel.enabled else ()
    return tuple(dict.fromkeys((*test, *allow, *filter(_is_address, edges))))


def _exotel(exotel: ExotelSettings) -> _Exotel:
    default_port = exotel.port or (_TLS_PORT if exotel.transport == "tls" else 5070)
    edges = [split_port(edge) for edge in exotel.edges]
    return _Exotel(
        domain=exotel.domain or f"{exotel.account_sid}.pstn.exotel.com",
        aors={
            f"exotel-{place}": f"sip:{host}:{port or default_port};transport={exotel.transport}"
            for place, (host, port) in enumerate(edges, 1)
        },
        matches=tuple(dict.fromkeys((*exotel.allow, *(host for host, _ in edges)))),
        password=exotel.password.get_secret_value() if exotel.password else "",
    )


def split_port(edge: str) -> tuple[str, int]:
    """`host:port` → (host, port); a host alone has port 0. Raises `AsteriskError`."""
    host, colon, port = edge.rpartition(":")
    if not colon:
        return edge, 0
    if not port.isdigit():
        raise AsteriskError(f"exotel.edges: expected host or host:port, got {edge!r}")
    return host, int(port)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_network(host, strict=False)
    except ValueError:
        return False
    return True


def _fallback_digits(number: str) -> str:
    if number and not _NUMBER.fullmatch(number):
        raise AsteriskError(f"calls.fallback_number: expected 2 to 15 digits, with or without +, got {number!r}")
    return number.removeprefix("+")


def _environment(*folders: Path) -> jinja2.Environment:
    return jinja2.Environment(  # noqa: S701 - these are Asterisk's files, not HTML
        loader=jinja2.FileSystemLoader(folders),
        undefined=jinja2.StrictUndefined,
        finalize=_one_line,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _one_line(value: object) -> object:
    """A line break in a setting would begin a setting of its own, and a bare semicolon a comment."""
    if not isinstance(value, str | Path):
        return value
    text = str(value)
    if any(character in text for character in "\r\n\0"):
        raise AsteriskError(f"a setting can't have a line break: {text!r}")
    return text.replace(";", "\\;")
