"""A small Asterisk of the phones' own: echo, read back digits, play, call another phone. No ARI, no Mercury."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.asterisk.modules import REQUIRED
from phones.sipp import free_port

_DIALPLAN = """
[phones]
exten => echo,1,Answer()
 same => n,Echo()
 same => n,Hangup()
exten => digits,1,Answer()
 same => n,Read(KEYS,beep,3,,1,15)
 same => n,SayDigits(${KEYS})
 same => n,Hangup()
exten => goodbye,1,Answer()
 same => n,Playback(vm-goodbye)
 same => n,Hangup()
exten => mute,1,Wait(20)
 same => n,Hangup()
exten => busy,1,Hangup(17)
exten => _call.,1,Dial(PJSIP/phone/sip:${EXTEN:4}@127.0.0.1:%(callee)s,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => _out!,1,Set(CALLERID(num)=+918000000000)
 same => n,Dial(PJSIP/exotel/sip:${EXTEN:3}@127.0.0.2:%(edge)s\\;transport=tcp,20)
 same => n,Hangup(${HANGUPCAUSE})
exten => _[+0-9]!,1,Goto(echo,1)
"""

_PJSIP = """
[udp]
type=transport
protocol=udp
bind=127.0.0.1:%(sip)s
[tcp]
type=transport
protocol=tcp
bind=127.0.0.1:%(sip)s
[tls]
type=transport
protocol=tls
bind=127.0.0.1:%(tls)s
cert_file=%(folder)s/cert.pem
priv_key_file=%(folder)s/key.pem
method=tlsv1_2
[phone]
type=endpoint
context=phones
disallow=all
allow=alaw,ulaw
direct_media=no
rewrite_contact=yes
%(media)s
[phone]
type=identify
endpoint=phone
match=127.0.0.1
[exotel]
type=endpoint
context=phones
disallow=all
allow=alaw,ulaw
direct_media=no
from_domain=%(domain)s
trust_id_inbound=yes
%(media)s
[exotel]
type=identify
endpoint=exotel
match=127.0.0.2
"""


@dataclass(frozen=True)
class Pbx:
    """A running Asterisk. `callee_port` is where its extension "call…" calls, `edge_port` where "out…" does."""

    sip_port: int
    tls_port: int
    callee_port: int
    edge_port: int
    folder: Path

    def log(self) -> str:
        log = self.folder / "log/messages"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def uri(self, extension: str) -> str:
        return f"sip:{extension}@127.0.0.1:{self.sip_port}"


@contextlib.asynccontextmanager
async def running_pbx(
    installation: Installation, folder: Path, domain: str, *, srtp: bool = False
) -> AsyncIterator[Pbx]:
    """Start one in `folder`, and stop it."""
    pbx = Pbx(free_port("127.0.0.1"), free_port("127.0.0.1"), free_port("127.0.0.1"), free_port("127.0.0.2"), folder)
    await _configure(installation, folder, pbx, domain, "media_encryption=sdes" if srtp else "")
    process = await asyncio.create_subprocess_exec(
        *installation.command("asterisk"), "-f", "-C", str(folder / "asterisk.conf"),
        stdin=asyncio.subprocess.DEVNULL, stdout=(folder / "out").open("wb"), stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        await _ready(pbx, process)
        yield pbx
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _configure(installation: Installation, folder: Path, pbx: Pbx, domain: str, media: str) -> None:
    for name in ("lib", "keys", "spool", "run", "log", "cache"):
        (folder / name).mkdir()
    (folder / "data").symlink_to(installation.data_dir)
    if not (installation.data_dir / "sounds/en").exists():
        (folder / "data").unlink()
        (folder / "data/sounds").mkdir(parents=True)
        (folder / "data/sounds/en").symlink_to(installation.sounds_dir)
        for name in ("documentation", "rest-api"):
            (folder / "data" / name).symlink_to(installation.data_dir / name)
    await _certificate(folder)
    rtp = random.randrange(12000, 32000, 200)
    values = {
        "sip": pbx.sip_port, "tls": pbx.tls_port, "folder": folder, "domain": domain, "media": media,
        "callee": pbx.callee_port, "edge": pbx.edge_port,
    }  # fmt: skip
    files = {
        "asterisk.conf": f"[directories]\nastetcdir => {folder}\nastmoddir => {installation.modules_dir}\n"
        f"astvarlibdir => {folder}/lib\nastdbdir => {folder}/lib\nastkeydir => {folder}/keys\n"
        f"astdatadir => {folder}/data\nastspooldir => {folder}/spool\nastrundir => {folder}/run\n"
        f"astlogdir => {folder}/log\nastcachedir => {folder}/cache\n[options]\nverbose = 3\n",
        "modules.conf": "[modules]\nautoload=no\n" + "".join(f"load={name}\n" for name in (*_modules(), "app_read.so")),
        "logger.conf": "[general]\n[logfiles]\nmessages => notice,warning,error,verbose\n",
        "rtp.conf": f"[general]\nrtpstart={rtp}\nrtpend={rtp + 199}\n",
        "extensions.conf": _DIALPLAN % values,
        "pjsip.conf": _PJSIP % values,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


async def _certificate(folder: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "openssl is needed for the TLS transport's certificate"
    process = await asyncio.create_subprocess_exec(
        openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
        "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await process.wait() == 0


async def _ready(pbx: Pbx, process: asyncio.subprocess.Process) -> None:
    """Listening is not enough: until all modules are loaded Asterisk drops requests, and over TCP none comes twice."""
    async with asyncio.timeout(20):
        while "Asterisk Ready" not in pbx.log():
            assert process.returncode is None, (pbx.folder / "out").read_text(errors="replace")[-2000:]
            await asyncio.sleep(0.05)


def _modules() -> list[str]:
    """What Mercury's own Asterisk loads, without ARI."""
    return [name for name in REQUIRED if "_ari" not in name]
