from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.packet import Extension, Malformed, MalformedPacketError, RtpPacket, parse

GOLDEN = Path(__file__).parent / "golden"

PLAIN = RtpPacket(8, 0xFFFE, 0xFFFFFF60, 0x12345678, b"\xd5" * 160)
MARKED = RtpPacket(0, 1, 160, 0xDEADBEEF, bytes(range(160)), marker=True)
FULL = RtpPacket(8, 7, 1120, 42, b"\x55\xd5\x01", False, (1, 0xFFFFFFFF), Extension(0xBEDE, b"\x10\xff\x00\x00"))


@pytest.mark.parametrize(
    ("name", "packet"), [("plain", PLAIN), ("marker_ulaw", MARKED), ("csrc_extension_padding", FULL)]
)
def test_golden_packets_are_read(name: str, packet: RtpPacket) -> None:
    assert parse((GOLDEN / f"{name}.rtp").read_bytes()) == packet


@pytest.mark.parametrize(("name", "packet"), [("plain", PLAIN), ("marker_ulaw", MARKED)])
def test_golden_packets_are_written(name: str, packet: RtpPacket) -> None:
    assert bytes(packet) == (GOLDEN / f"{name}.rtp").read_bytes()


def test_rtcp_on_the_port_is_told_apart() -> None:
    with pytest.raises(MalformedPacketError) as error:
        parse((GOLDEN / "rtcp_sr.rtcp").read_bytes())
    assert error.value.reason is Malformed.RTCP


@pytest.mark.parametrize(
    ("datagram", "reason"),
    [
        (b"", Malformed.SHORT),
        (b"\x80" * 11, Malformed.SHORT),
        (b"\x40\x08" + bytes(10), Malformed.VERSION),
        (b"\x81\x08" + bytes(10), Malformed.SHORT),
        (b"\x90\x08" + bytes(10), Malformed.SHORT),
        (b"\x90\x08" + bytes(10) + b"\0\0\xff\xff", Malformed.SHORT),
        (b"\xa0\x08" + bytes(10), Malformed.PADDING),
        (b"\xa0\x08" + bytes(10) + b"\x00", Malformed.PADDING),
        (b"\xa0\x08" + bytes(10) + b"\x02", Malformed.PADDING),
    ],
)
def test_malformed(datagram: bytes, reason: Malformed) -> None:
    with pytest.raises(MalformedPacketError) as error:
        parse(datagram)
    assert error.value.reason is reason


packets = st.builds(
    RtpPacket,
    st.integers(0, 34),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=400),
    st.booleans(),
    st.lists(st.integers(0, 0xFFFFFFFF), max_size=15).map(tuple),
    st.none()
    | st.builds(Extension, st.integers(0, 0xFFFF), st.binary(max_size=40).map(lambda b: b + bytes(-len(b) % 4))),
)


@given(packets)
def test_what_is_written_is_read_back(packet: RtpPacket) -> None:
    assert parse(bytes(packet)) == packet


@pytest.mark.parametrize(
    "packet",
    [PLAIN._replace(csrc=(0,) * 16), PLAIN._replace(sequence=1 << 16), PLAIN._replace(extension=Extension(0, b"1"))],
)
def test_fields_that_do_not_fit_are_refused(packet: RtpPacket) -> None:
    with pytest.raises(ValueError, match=r"fit|multiple of 4"):
        bytes(packet)


def test_random_bytes_are_packets_or_say_why_not() -> None:
    """Anything but MalformedPacketError escapes. Whole hostile calls: test_fuzz.py."""
    rng = random.Random(20_000)
    whole = (GOLDEN / "csrc_extension_padding.rtp").read_bytes()
    taken = 0
    for number in range(20_000):
        datagram = bytearray(whole[: rng.randrange(len(whole) + 1)] if number % 2 else rng.randbytes(rng.randrange(64)))
        for _ in range(rng.randrange(4) if datagram else 0):
            datagram[rng.randrange(len(datagram))] = rng.randrange(256)
        try:
            parse(bytes(datagram))
        except MalformedPacketError:
            continue
        taken += 1
    assert taken > 300
