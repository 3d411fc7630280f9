"""What each transport costs a frame on its way through a real Asterisk.

    python -m bench.transports [--legs N] [--seconds S] [--out FILE]

N legs send a numbered frame every 20 ms and hear one; at the far end of each is a socket that Asterisk sends RTP to.
Told are the time from sending a frame to its packet's coming out, from the last frame to the word that it was played,
from a flush to the last frame that is still heard, and CPU seconds of this process a call-minute (both ends of each
leg are in it; what differs between the rows is the transport).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop

from ari_app import ari
from ari_app.ops.asterisk import AsteriskProcess, ensure_asterisk, prepare_asterisk
from ari_app.ops.secrets import load_secrets
from ari_app.ops.settings import Settings
from media.audio.codecs.registry import on_rtp, on_websocket
from media.audio.g711 import ALAW
from media.clock import MonotonicClock
from media.rtp.packet import RtpPacket, parse
from media.transport.protocol import Transport, Transports
from media.transport.rtp import RtpPorts, answered
from media.transport.websocket import Websockets
from phones.measure import percentile

OUT = Path("build/bench/transports.json")
WAYS = (("rtp", "alaw"), ("websocket", "alaw"), ("websocket", "slin16"))
APP = "transports"
_TICK_S = 0.02
_SILENT = ALAW.silence[0]
FRAMES = tuple(ALAW.decode(bytes([number + 1]) * 160) for number in range(100))
"""Each brings its number back as the byte it is made of."""


@dataclass
class Leg:
    """A transport, and the socket at its call's far end."""

    transport: Transport
    name: str
    sock: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    sent: dict[int, float] = field(default_factory=dict)
    late_ms: list[float] = field(default_factory=list)
    heard_at: float = 0.0
    heard: int = 0
    remote: tuple[str, int] = ("", 0)
    exact: bool = True
    """Whether frames come out as the bytes that went in."""

    async def open(self, client: ari.Client) -> None:
        """Make both channels and join them."""
        self.sock.setblocking(False)
        self.sock.bind(("127.0.0.1", 0))
        request = self.transport.request
        made = await client.channels.externalMedia(
            app=APP,
            channelId=f"{self.name}-near",
            format=request.format,
            external_host=request.external_host,
            encapsulation=request.encapsulation,
            transport=request.transport,
            connection_type=request.connection_type,
        )
        await self.transport.attach(_variables(made))
        self.transport.start(self._hear)
        host, port = self.sock.getsockname()
        far = await client.channels.externalMedia(
            app=APP, channelId=f"{self.name}-far", format="alaw", external_host=f"{host}:{port}"
        )
        self.remote = answered(_variables(far))
        await client.bridges.createWithId(self.name, type="mixing", name=self.name)
        await self._join(client)
        asyncio.get_running_loop().add_reader(self.sock, self._come)

    def tick(self, number: int) -> None:
        """A frame each way."""
        self.sent[number % 100] = time.monotonic()
        self.transport.send(FRAMES[number % 100])
        self.transport.receive()
        self.sock.sendto(bytes(RtpPacket(8, number & 0xFFFF, number * 160, 5, ALAW.silence)), self.remote)

    async def close(self, client: ari.Client) -> None:
        """Leave nothing."""
        asyncio.get_running_loop().remove_reader(self.sock)
        self.transport.close()
        self.sock.close()
        for end in ("near", "far"):
            with contextlib.suppress(ari.NotFound):
                await client.channels.hangup(f"{self.name}-{end}")
        await client.bridges.destroy(self.name)

    async def _join(self, client: ari.Client) -> None:
        """Both are in Stasis a moment after they were made."""
        async with asyncio.timeout(3):
            while True:
                try:
                    return await client.bridges.addChannel(self.name, channel=(f"{self.name}-near", f"{self.name}-far"))
                except ari.AriError:
                    await asyncio.sleep(_TICK_S)

    def _hear(self, _frame: bytes, _at: float) -> None:
        self.heard += 1

    def _come(self) -> None:
        packet, now = parse(self.sock.recv(2048)), time.monotonic()
        mark = packet.payload[80]
        if mark == _SILENT:
            return
        self.heard_at = now
        if self.exact and (at := self.sent.pop(mark - 1, None)) is not None:
            self.late_ms.append((now - at) * 1000)


async def measure(legs: Sequence[Leg], seconds: float) -> dict[str, Any]:
    """Send, wait until it is played, send again, flush."""

    def talk(number: int) -> None:
        for leg in legs:
            leg.tick(number)

    def rest(_: int) -> None:
        for leg in legs:
            leg.transport.send(None)

    await _every_tick(rest, 0.5)
    cpu, began = time.process_time(), time.monotonic()
    await _every_tick(talk, seconds)
    cpu_s, took_s = time.process_time() - cpu, time.monotonic() - began
    sent_at = time.monotonic()
    drained_ms = await asyncio.gather(*(_drained_ms(leg, sent_at) for leg in legs))
    await _every_tick(talk, 1)
    for leg in legs:
        leg.transport.flush()
    flushed_at = time.monotonic()
    await _every_tick(rest, 0.4)
    after_ms = [max(0.0, leg.heard_at - flushed_at) * 1000 for leg in legs]
    late_ms = [ms for leg in legs for ms in leg.late_ms]
    return {
        "legs": len(legs),
        "cpu_s_per_call_minute": round(cpu_s / took_s / len(legs) * 60, 3),
        "frame_out_ms": _spread(late_ms) if late_ms else None,
        "drained_ms": _spread(drained_ms),
        "heard_after_flush_ms": _spread(after_ms),
    }


async def _drained_ms(leg: Leg, since: float) -> float:
    await leg.transport.drained()
    return (time.monotonic() - since) * 1000


async def _every_tick(do: Callable[[int], None], seconds: float) -> None:
    start = time.monotonic()
    for number in range(round(seconds / _TICK_S)):
        await asyncio.sleep(start + number * _TICK_S - time.monotonic())
        do(number)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {f"p{percent}": round(percentile(values, percent), 1) for percent in (50, 95, 99)}


def _variables(channel: ari.Channel) -> dict[str, str]:
    found = channel.json["channelvars"]
    if not isinstance(found, dict):
        raise TypeError(f"expected the channel's variables, got {found!r}")
    return found


def _transports(transport: str, format_name: str, server: str) -> Transports:
    clock = MonotonicClock()
    if transport == "websocket":
        return Websockets(server, clock, on_websocket(format_name))
    return RtpPorts(clock, codec=on_rtp(format_name))


async def run(count: int, seconds: float, folder: Path) -> list[dict[str, Any]]:
    """A row a way."""
    settings = Settings.model_validate(
        {
            "run_dir": folder,
            "asterisk": {"ari_port": 0, "rtp_start": 0, "rtp_end": 0},
            "sip": {"udp_port": 0, "tcp_port": 0, "tls_port": 0},
            "media": {"max_calls": count + 20},
        }
    )
    secrets = load_secrets(settings)
    prepared = prepare_asterisk(settings, secrets, ensure_asterisk(settings.cache_dir, settings.asterisk, print))
    process = AsteriskProcess(prepared, settings.asterisk.ari_user, secrets.ari_password)
    await process.start()
    rows = []
    try:
        url = prepared.endpoints.ari_url
        async with ari.connect(url, settings.asterisk.ari_user, secrets.ari_password, app=APP) as client:
            client.start()
            await client.wait_connected(5)
            for transport, format_name in WAYS:
                pool = _transports(transport, format_name, url.removesuffix("/ari"))
                exact = format_name == "alaw"
                legs = [Leg(pool.open(), f"{transport}-{format_name}-{n}", exact=exact) for n in range(count)]
                for leg in legs:
                    await leg.open(client)
                rows.append({"transport": transport, "format": format_name, **await measure(legs, seconds)})
                for leg in legs:
                    await leg.close(client)
                await pool.close()
    finally:
        await process.stop()
    return rows


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--legs", type=int, default=20, help="calls at once (20)")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each way is measured (5)")
    parser.add_argument("--out", type=Path, default=OUT, help=f"where the figures go, as JSON ({OUT})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = uvloop.run(run(options.legs, options.seconds, Path(folder)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    for row in rows:
        print(json.dumps(row))


if __name__ == "__main__":
    main()
