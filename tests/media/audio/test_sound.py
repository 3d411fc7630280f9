"""G.711, levels, resampling and sound files."""

from __future__ import annotations

import array
import math
import wave
from pathlib import Path

import numpy as np
import pytest

from media.audio.g711 import ALAW, G711, ULAW
from media.audio.level import MUSIC_LUFS, SPEECH_LUFS
from media.audio.levels import QUIET_DBFS, dbfs, rms_of
from media.audio.loudness import loudness
from media.audio.pcm import FRAME_BYTES, Pcm
from media.audio.resample import ToTelephone, at_telephone_rate, to_telephone
from media.audio.samples import from_pcm16
from media.audio.wav import SoundFileError, read_music, read_prompt, read_wav, write_wav
from tests.media.fakes import tone


@pytest.mark.parametrize("codec", [ALAW, ULAW])
def test_every_code_survives_the_way_to_linear_and_back(codec: G711) -> None:
    codes = bytes(range(256))
    again = codec.encode(codec.decode(codes))
    differing = [code for code in codes if again[code] != code]
    assert differing in ([], [0x7F])  # µ-law has two zeros
    assert dbfs(codec.decode(codec.silence)) < -70


def test_levels_of_a_full_scale_sine_and_of_silence() -> None:
    assert dbfs(tone(100, amplitude=32767)) == pytest.approx(-3.01, abs=0.05)
    assert dbfs(bytes(FRAME_BYTES)) == QUIET_DBFS
    assert rms_of(-6.02) == pytest.approx(16384, abs=10)


def spectrum(samples: bytes, hertz: float, rate: int = 8000) -> float:
    """dB of one frequency relative to a full-scale sine."""
    signal = np.frombuffer(samples, dtype="<i2").astype(float)[400:-400] / 32768
    window = np.hanning(len(signal))
    wave_ = np.exp(-2j * math.pi * hertz * np.arange(len(signal)) / rate)
    return float(20 * np.log10(abs((signal * window * wave_).sum()) * 2 / window.sum() + 1e-12))


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 48000])
def test_resampling_keeps_the_band_and_folds_nothing_into_it(rate: int) -> None:
    assert spectrum(to_telephone(Pcm(rate, tone(1000, 16000, rate, 1000))).samples, 1000) == pytest.approx(
        -6.2, abs=0.5
    )
    above = to_telephone(Pcm(rate, tone(1000, 16000, rate, 5000))).samples
    assert spectrum(above, 3000) < -70


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 24000, 44100])
@pytest.mark.parametrize("chunk_ms", [1, 15, 60, 333])
def test_a_stream_in_small_chunks_is_the_whole_to_the_sample(rate: int, chunk_ms: int) -> None:
    noise = np.random.default_rng(rate).normal(0, 4000, rate).astype("<i2").tobytes()
    size, stream = rate * chunk_ms // 1000 * 2, ToTelephone(rate)
    pieces = [stream.feed(Pcm(rate, noise[start : start + size])) for start in range(0, len(noise), size)]
    whole = at_telephone_rate(Pcm(rate, noise))
    chunked = np.concatenate([*pieces, stream.finish()])
    assert len(chunked) == len(whole) == 8000
    assert np.max(np.abs(chunked - whole)) < 1e-6


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 48000])
def test_nothing_above_4_khz_comes_down_into_the_band(rate: int) -> None:
    """A sweep from just above what the telephone can carry to the end of the engine's band, 60 dB down at least."""
    time = np.arange(rate) / rate
    low, high = 4400.0, rate / 2 * 0.98
    sweep = 0.5 * np.sin(2 * np.pi * (low * time + (high - low) * time**2 / 2))
    heard = at_telephone_rate(Pcm(rate, (sweep * 32767).astype("<i2").tobytes()))[200:-200]
    assert 20 * np.log10(np.sqrt(np.mean(heard**2)) / np.sqrt(np.mean(sweep**2))) < -60


def test_a_chunk_of_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="22050 Hz was given a chunk of 24000 Hz"):
        ToTelephone(22050).feed(Pcm(24000, b""))


@pytest.mark.parametrize(("channels", "width", "rate"), [(1, 2, 8000), (2, 2, 16000), (1, 1, 8000), (1, 3, 44100)])
def test_any_pcm_wav_becomes_8_khz_mono(tmp_path: Path, channels: int, width: int, rate: int) -> None:
    path = tmp_path / "sound.wav"
    samples = array.array("h", tone(500, 10000, rate))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        shift = 8 * (width - 2)
        for sample in samples:
            value = (sample >> 8) + 128 if width == 1 else sample << shift
            file.writeframesraw(value.to_bytes(width, "little", signed=width > 1) * channels)
    audio = read_wav(path)
    assert audio.rate == 8000
    assert audio.duration_ms == pytest.approx(500, abs=2)
    assert spectrum(audio.samples, 440) == pytest.approx(20 * math.log10(10000 / 32768), abs=0.5)


def test_a_file_that_is_no_wav_says_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("not audio")
    with pytest.raises(SoundFileError, match="expected a PCM WAV file"):
        read_wav(path)
    with pytest.raises(SoundFileError, match="No such file"):
        read_wav(tmp_path / "missing.wav")


def test_a_written_file_is_read_back_and_a_changed_one_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "turn.wav"
    write_wav(path, tone(100))
    assert read_wav(path).samples == tone(100)
    path.unlink()
    write_wav(path, tone(60))
    assert read_wav(path).samples == tone(60)


@pytest.mark.parametrize(("amplitude", "rate"), [(600, 8000), (9000, 16_000), (32_000, 44_100)])
def test_files_are_said_equally_loud_and_last_as_long(tmp_path: Path, amplitude: int, rate: int) -> None:
    path = tmp_path / "prompt.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone(1500, amplitude, rate, 700.0))
    said = read_prompt(path)
    assert loudness(from_pcm16(said.samples), 8000) == pytest.approx(SPEECH_LUFS, abs=0.3)
    assert loudness(from_pcm16(read_music(path)), 8000) == pytest.approx(MUSIC_LUFS, abs=0.5)
    assert said.duration_ms == pytest.approx(1500, abs=2)
    assert read_prompt(path) is said
    assert read_wav(path) is not said


def test_a_file_that_cannot_be_said_is_told(tmp_path: Path) -> None:
    for read in (read_prompt, read_music):
        with pytest.raises(SoundFileError, match="No such file"):
            read(tmp_path / "missing.wav")
