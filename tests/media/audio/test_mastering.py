"""From an engine's chunks, or a file, to what is said: band, level, peaks, edges, and how late the first of it is."""

from __future__ import annotations

import numpy as np
import pytest

from media.audio.level import MUSIC_LUFS, SPEECH_LUFS
from media.audio.limiter import CEILING_DBFS
from media.audio.loudness import loudness
from media.audio.mastering import EDGE, Mastering, Rendered, mastered
from media.audio.pcm import TELEPHONE_RATE, Pcm
from media.audio.player import Player
from media.audio.samples import from_pcm16, to_pcm16
from media.audio.tail import KEPT_MS
from tests.media.audio.test_level import babble
from tests.media.audio.test_player import drain, say
from tests.media.fakes import tone


def rendered(audio: Pcm, known_lufs: float | None = None, chunk: int = 2640) -> bytes:
    mastering = Mastering(audio.rate, known_lufs)
    pieces = [audio.samples[at : at + chunk] for at in range(0, len(audio.samples), chunk)]
    return b"".join(mastering.feed(Pcm(audio.rate, piece)) for piece in pieces) + mastering.finish()


def lufs(samples: bytes) -> float:
    return loudness(from_pcm16(samples), TELEPHONE_RATE)


@pytest.mark.parametrize("level", [-32.0, -26.0, -14.0])
def test_recordings_of_any_level_come_out_equally_loud(level: float) -> None:
    recording = Pcm(TELEPHONE_RATE, to_pcm16(babble(3, level)))
    heard = mastered(recording)
    assert lufs(heard.samples) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert len(heard.samples) == len(recording.samples)
    assert lufs(mastered(recording, MUSIC_LUFS).samples) == pytest.approx(MUSIC_LUFS, abs=0.5)


@pytest.mark.parametrize("level", [-30.0, -14.0])
def test_a_rendering_is_measured_when_it_is_whole(level: float) -> None:
    whole = Rendered(Pcm(TELEPHONE_RATE, to_pcm16(babble(3, level))))
    assert whole.lufs == pytest.approx(level, abs=2.5)
    assert lufs(whole.levelled(None).samples) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert lufs(whole.levelled(-10.0).samples) == pytest.approx(SPEECH_LUFS, abs=0.5)


def test_a_short_word_is_as_loud_as_its_voice_says_it() -> None:
    """A soft "no" of a voice at -20 stays softer than its sentences; of a voice never heard it is lifted."""
    word = Rendered(Pcm(TELEPHONE_RATE, tone(300, amplitude=1500, hertz=1000)))
    softly = lufs(word.levelled(SPEECH_LUFS).samples)
    assert softly == pytest.approx(20 * np.log10(1500 / 32768) - 3.0, abs=0.7)
    assert lufs(word.levelled(None).samples) == pytest.approx(SPEECH_LUFS, abs=0.7)


def test_peaks_stay_below_the_ceiling() -> None:
    clicks = (np.random.default_rng(6).normal(size=16_000) ** 5 * 100).clip(-32768, 32767)
    heard = from_pcm16(mastered(Pcm(TELEPHONE_RATE, clicks.astype("<i2").tobytes())).samples)
    assert 20 * np.log10(np.max(np.abs(heard))) <= CEILING_DBFS + 0.01


def test_bass_that_no_telephone_carries_costs_no_loudness() -> None:
    speech, time = babble(3, -22.0), np.arange(3 * TELEPHONE_RATE) / TELEPHONE_RATE
    rumble = (0.5 * np.sin(2 * np.pi * 70 * time)).astype(np.float32)
    both, alone = (mastered(Pcm(TELEPHONE_RATE, to_pcm16(audio))).samples for audio in (speech + rumble, speech))
    assert lufs(both) == pytest.approx(lufs(alone), abs=0.5)
    assert np.corrcoef(from_pcm16(both), from_pcm16(alone))[0, 1] > 0.95


@pytest.mark.parametrize("rate", [8000, 22_050, 24_000])
def test_two_renderings_join_without_a_click(rate: int) -> None:
    """Tones that are cut off in the middle of their waves: no step is larger than the tones' own."""
    player = Player()
    parts = [rendered(Pcm(rate, tone(ms, amplitude=12_000, rate=rate, hertz=500)), -12.0) for ms in (237, 311, 151)]
    say(player, "sentences", *[("words", part) for part in parts])
    frames, _ = drain(player)
    heard = from_pcm16(b"".join(frames))
    own = np.max(np.abs(heard)) * 2 * np.pi * 500 / TELEPHONE_RATE
    assert np.max(np.abs(np.diff(heard, prepend=0, append=0))) <= own * 1.15
    for end in np.cumsum([len(part) // 2 for part in parts]):
        assert abs(heard[end - 1]) < 0.02


def test_nothing_is_waited_for_before_and_little_after() -> None:
    silent, word = bytes(2 * 22_050 * 3 // 10), tone(400, rate=22_050, hertz=600)
    heard = rendered(Pcm(22_050, silent + word + silent * 3))
    assert len(heard) / 16 == pytest.approx(400 + KEPT_MS + 10, abs=10)


def test_the_first_audio_is_held_back_by_less_than_5_ms() -> None:
    mastering = Mastering(TELEPHONE_RATE, SPEECH_LUFS)
    first = mastering.feed(Pcm(TELEPHONE_RATE, tone(20, hertz=1000)))
    assert len(first) >= 2 * (160 - 40)
    assert from_pcm16(first)[0] == 0
    assert np.max(np.abs(from_pcm16(first)[EDGE:])) > 0.1


@pytest.mark.parametrize("known", [None, -25.0])
def test_chunks_of_one_stream_are_the_whole(known: float | None) -> None:
    audio = Pcm(22_050, to_pcm16(np.repeat(babble(1, -25.0), 2)))
    small, large = (from_pcm16(rendered(audio, known, chunk)) for chunk in (330, 2640))
    assert abs(len(small) - len(large)) <= 80
    if known:
        count = min(len(small), len(large))
        assert np.max(np.abs(small[:count] - large[:count])) < 2e-3


def test_nothing_in_nothing_out() -> None:
    assert rendered(Pcm(TELEPHONE_RATE, b"")) == b""
    assert Rendered(Pcm(TELEPHONE_RATE, b"")).levelled(None).samples == b""
    assert mastered(Pcm(TELEPHONE_RATE, b"")).samples == b""
