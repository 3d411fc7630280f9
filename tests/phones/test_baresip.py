"""baresip calls Asterisk over TLS with SDES: says, hears, presses, hangs up."""

from __future__ import annotations

from pathlib import Path

import pytest

from ari_app.ops.asterisk import Installation
from media.audio.wav import read_wav, write_wav
from phones.baresip import Softphone, SoftphoneLine
from phones.errors import CallEndedError, PhoneError
from phones.mouth import is_voiced
from phones.recordings import join, recording, silence
from tests.phones.pbx import Pbx

pytestmark = pytest.mark.asterisk


@pytest.fixture
def line(installation: Installation) -> SoftphoneLine:
    return SoftphoneLine(installation, installation.baresip_modules_dir, timeout_s=10)


@pytest.fixture
def speech(sounds: Path, tmp_path: Path) -> Path:
    path = tmp_path / "speech.wav"
    write_wav(path, join(silence(200), recording(sounds, "vm-goodbye"), silence(5000)).samples)
    return path


def voiced_ms(path: Path) -> int:
    samples = read_wav(path).samples
    return sum(20 for at in range(0, len(samples), 320) if is_voiced(samples[at : at + 320]))


async def test_a_call_over_tls_and_sdes(line: SoftphoneLine, secure_pbx: Pbx, speech: Path, tmp_path: Path) -> None:
    uri = f"sip:digits@127.0.0.1:{secure_pbx.tls_port}"
    async with await Softphone.call(line, uri, caller="+919812345678", says=speech) as phone:
        await phone.answered()
        assert phone.encryption == "AES_CM_128_HMAC_SHA1_80"
        await phone.press("427")
        reason = await phone.ended()
        phone.copy_heard(tmp_path / "heard.wav")
    assert reason == "Connection reset by peer"
    assert voiced_ms(tmp_path / "heard.wav") > 600


async def test_it_hangs_up_itself(line: SoftphoneLine, secure_pbx: Pbx, speech: Path, tmp_path: Path) -> None:
    uri = f"sip:echo@127.0.0.1:{secure_pbx.tls_port}"
    async with await Softphone.call(line, uri, caller="+919812345678", says=speech) as phone:
        await phone.answered()
        await phone.hang_up()
        await phone.ended()


async def test_a_call_without_sdes_is_refused(installation: Installation, secure_pbx: Pbx, speech: Path) -> None:
    line = SoftphoneLine(installation, installation.baresip_modules_dir, media_encryption="", timeout_s=10)
    uri = f"sip:echo@127.0.0.1:{secure_pbx.tls_port}"
    async with await Softphone.call(line, uri, caller="+919812345678", says=speech) as phone:
        with pytest.raises(CallEndedError, match="488"):
            await phone.answered()


async def test_a_missing_recording_is_said(line: SoftphoneLine, secure_pbx: Pbx, tmp_path: Path) -> None:
    with pytest.raises(PhoneError, match=r"nope\.wav"):
        await Softphone.call(line, secure_pbx.uri("echo"), caller="1", says=tmp_path / "nope.wav")
