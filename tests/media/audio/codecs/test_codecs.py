"""What every codec promises to every transport."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from media.audio.codecs.protocol import Codec
from media.audio.codecs.registry import ON_RTP, ON_WEBSOCKET, on_rtp, on_websocket
from media.audio.levels import rms
from media.audio.pcm import FRAME_BYTES, FRAME_SAMPLES

ALL = [*ON_RTP.values(), *ON_WEBSOCKET.values()]
NAMES = [f"{codec.name}-{codec.payload_type}" for codec in ALL]
every_codec = pytest.mark.parametrize("codec", ALL, ids=NAMES)


def tone(hertz: float, frames: int = 25, rate: int = 8000) -> npt.NDArray[np.int16]:
    at = np.arange(frames * FRAME_SAMPLES * rate // 8000) / rate
    return (8000 * np.sin(2 * np.pi * hertz * at)).astype("<i2")


def frames_of(audio: bytes) -> list[bytes]:
    return [audio[at : at + FRAME_BYTES] for at in range(0, len(audio), FRAME_BYTES)]


def level_db(audio: bytes) -> float:
    """Against the tone that was put in, its beginning left out."""
    return 20 * math.log10(max(1, rms(audio[2 * FRAME_BYTES :])) / (8000 / math.sqrt(2)))


@every_codec
def test_every_frame_gives_its_bytes_at_once(codec: Codec) -> None:
    encoder, decoder = codec.encoder(), codec.decoder()
    for frame in frames_of(tone(440).tobytes()):
        payload = encoder.encode(frame)
        assert len(payload) == codec.frame_bytes
        assert len(decoder.decode(payload)) == FRAME_BYTES


@every_codec
@pytest.mark.parametrize("hertz", [300, 1000, 3400])
def test_the_telephone_band_comes_through_at_its_level(codec: Codec, hertz: float) -> None:
    encoder, decoder = codec.encoder(), codec.decoder()
    heard = b"".join(decoder.decode(encoder.encode(frame)) for frame in frames_of(tone(hertz).tobytes()))
    assert abs(level_db(heard)) < 0.2
    spectrum = np.abs(np.fft.rfft(np.frombuffer(heard, "<i2")[800:] * np.hanning(len(heard) // 2 - 800))) ** 2
    at = round(hertz * (len(heard) // 2 - 800) / 8000)
    assert spectrum[at - 6 : at + 7].sum() > 1000 * (spectrum.sum() - spectrum[at - 6 : at + 7].sum())


@every_codec
def test_a_delay_of_two_milliseconds_at_most(codec: Codec) -> None:
    encoder, decoder = codec.encoder(), codec.decoder()
    sent = np.random.default_rng(1).normal(0, 3000, 50 * FRAME_SAMPLES)
    sent = np.convolve(sent, np.ones(4) / 4, "same").astype("<i2")
    heard = b"".join(decoder.decode(encoder.encode(frame)) for frame in frames_of(sent.tobytes()))
    got = np.frombuffer(heard, "<i2").astype(float)
    likeness = [np.corrcoef(sent[: 7000 - late], got[late:7000])[0, 1] for late in range(80)]
    # two filters, one for each way, and G.722's own
    assert int(np.argmax(likeness)) <= 8 * 2 * 2 + 12
    assert max(likeness) > 0.98


@every_codec
def test_silence_is_heard_as_silence_also_in_between(codec: Codec) -> None:
    encoder, decoder = codec.encoder(), codec.decoder()
    assert rms(decoder.decode(codec.silence)) < 10
    decoder.decode(encoder.encode(tone(440, 1).tobytes()))
    for _ in range(3):
        quiet = decoder.decode(encoder.quiet())
    assert len(quiet) == FRAME_BYTES
    assert rms(quiet) < 33, "-60 dBFS"


@every_codec
@pytest.mark.parametrize("samples", [0, 1, 80, 160, 480])
def test_whole_units_of_any_number_and_content_are_decoded(codec: Codec, samples: int) -> None:
    decoder = codec.decoder()
    payload = np.random.default_rng(samples).bytes(samples * codec.unit_bytes)
    assert len(decoder.decode(payload)) == 2 * samples


FOLDED_DB = {"slin16": -60.0, "g722": -25.0}
"""G.722 adds its own quantising noise, some of it below 4 kHz."""


@pytest.mark.parametrize("name", ["g722", "slin16"])
def test_what_lies_above_the_telephone_band_does_not_fold_into_it(name: str) -> None:
    codec = on_websocket(name)
    for hertz in (4700, 5500, 6900):
        wide = tone(hertz, rate=16000).tobytes()
        if name == "g722":
            import G722

            wide = G722.G722(16000, 64000).encode(memoryview(wide).cast("h"))
        assert level_db(codec.decoder().decode(wide)) < FOLDED_DB[name]


@pytest.mark.parametrize("name", ["g722", "slin16"])
def test_what_we_send_has_no_images_above_the_telephone_band(name: str) -> None:
    codec = on_websocket(name)
    encoder = codec.encoder()
    wide = b"".join(encoder.encode(frame) for frame in frames_of(tone(3000).tobytes()))
    if name == "g722":
        import G722

        wide = G722.G722(16000, 64000).decode(wide).tobytes()
    samples = np.frombuffer(wide, "<i2")[1600:]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    assert spectrum[len(spectrum) // 2 :].sum() < spectrum.sum() / 10**4


def test_each_is_found_by_its_payload_type_or_its_name() -> None:
    assert {number: codec.name for number, codec in ON_RTP.items()} == {0: "ulaw", 8: "alaw", 9: "g722", 10: "slin"}
    assert sorted(ON_WEBSOCKET) == ["alaw", "g722", "slin", "slin16", "ulaw"]
    assert all(codec.payload_type == number for number, codec in ON_RTP.items())
    assert on_rtp("g722") is ON_RTP[9]


def test_linear_audio_has_the_byte_order_of_its_way() -> None:
    assert on_rtp("slin").decoder().decode(b"\x01\x02") == b"\x02\x01"
    assert on_websocket("slin").decoder().decode(b"\x01\x02") == b"\x01\x02"


def test_a_format_that_is_not_to_be_had_says_which_are() -> None:
    with pytest.raises(ValueError, match=r"over RTP \(alaw, g722, slin, ulaw\), got 'slin16'"):
        on_rtp("slin16")
    with pytest.raises(ValueError, match="got 'opus'"):
        on_websocket("opus")
