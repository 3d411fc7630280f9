"""The TLS listener's certificate: given in the settings, or self-signed into the run folder by the openssl program."""

from __future__ import annotations

import ipaddress
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.settings import SipSettings

_DAYS = 3650
_LIMIT_S = 20


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files."""

    certificate: Path
    key: Path


def ensure_certificate(sip: SipSettings, keys: Path, installation: Installation) -> Certificate | None:
    """The settings' certificate, or one made once into `keys`; None when there is no openssl program to make it.

    Raises `AsteriskError` when the settings give only half of one, or openssl fails.
    """
    if sip.tls_certificate or sip.tls_key:
        return _given(sip)
    made = Certificate((keys / "sip.pem").absolute(), (keys / "sip.key").absolute())
    if made.certificate.exists() and made.key.exists():
        return made
    try:
        openssl = installation.command("openssl")
    except AsteriskError:
        return None
    _self_sign(openssl, made, sip.public_host or sip.host)
    return made


def _given(sip: SipSettings) -> Certificate:
    if not (sip.tls_certificate and sip.tls_key):
        raise AsteriskError("sip.tls_certificate and sip.tls_key belong together: give both or none")
    for path in (sip.tls_certificate, sip.tls_key):
        if not path.is_file():
            raise AsteriskError(f"{path} (sip.tls_certificate, sip.tls_key) is no file")
    return Certificate(sip.tls_certificate.absolute(), sip.tls_key.absolute())


def _self_sign(openssl: list[str], made: Certificate, host: str) -> None:
    """With a configuration of our own: an unpacked openssl does not find the machine's."""
    configuration = made.key.with_name("openssl.cnf")
    configuration.write_text("[req]\ndistinguished_name = name\n[name]\n", encoding="utf-8")
    part = made.key.with_name("sip.key.part")
    part.touch(0o600)
    command = [*openssl, "req", "-x509", "-config", str(configuration), "-days", str(_DAYS), "-nodes"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", f"/CN={host}"]
    command += ["-addext", f"subjectAltName={_alternative(host)}", "-keyout", str(part), "-out", str(made.certificate)]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    if answer.returncode:
        raise AsteriskError(f"openssl made no certificate: {answer.stderr.strip()[-300:]}")
    part.replace(made.key)


def _alternative(host: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(host)}"
    except ValueError:
        return f"DNS:{host}"
