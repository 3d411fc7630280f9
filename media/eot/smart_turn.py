"""smart-turn v3.2: whether a caller's pause is the end of their turn, from its sound. By onnxruntime alone.

The model comes in the wheel of pipecat-ai (BSD-2-Clause): `mercury models fetch smart-turn` takes it out. It knows 23
languages, Hindi, Marathi and English among them, and hears 16 kHz; a call's 8 kHz are resampled.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soxr

from media.audio.pcm import Pcm
from media.eot.log_mel import FRAMES, MELS, RATE, SECONDS, Floats, log_mel
from media.errors import EngineBusyError, EngineError, EngineUnavailableError
from media.needs import Need, mib_of
from media.onnx import onnx_session

NAME = "smart-turn"
_RUNTIME_MIB = 70
FETCH = f"fetch the model with: mercury models fetch {NAME}"
INSTALL = "onnxruntime is not installed; install it with: pip install 'mercury[end-of-turn]'"


class SmartTurn:
    """An `EndOfTurn`: one thread for all calls; onnxruntime lets the loop run on meanwhile.

    `model`: the ONNX file. `queue`: pauses that may wait. `deadline_s`: an answer after that is none.
    """

    name = NAME

    def __init__(self, model: Path, *, queue: int = 4, deadline_s: float = 0.4) -> None:
        self._path = model
        self._most = queue + 1
        self._deadline_s = deadline_s
        self._under_way = 0
        self._model: Model | None = None
        self._thread: ThreadPoolExecutor | None = None

    @property
    def need(self) -> Need:
        """Twice the file, and onnxruntime (measured: 73 MiB for the 8.3 of v3.2)."""
        size = self._path.stat().st_size if self._path.is_file() else 0
        return Need(ram_mib=_RUNTIME_MIB + 2 * mib_of(size))

    async def start(self) -> None:
        """Load the model and ask it once. Raises `EngineUnavailableError` with the remedy."""
        thread = ThreadPoolExecutor(1, NAME)
        try:
            self._model = await asyncio.get_running_loop().run_in_executor(thread, Model, self._path)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        self._thread = thread

    async def probability(self, audio: Pcm) -> float:
        """How likely it is, 0 to 1, that who says this has finished. Raises as `EndOfTurn` does."""
        if self._thread is None or self._model is None:
            raise EngineError(f"{NAME} is not started")
        if self._under_way >= self._most:
            raise EngineBusyError(f"{NAME}: {self._under_way} pauses wait already")
        work = self._thread.submit(self._model.probability, audio)
        self._under_way += 1
        loop = asyncio.get_running_loop()
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done))
        try:
            async with asyncio.timeout(self._deadline_s):
                return await asyncio.wrap_future(work)
        except TimeoutError as error:
            raise EngineBusyError(f"{NAME}: no answer within {self._deadline_s:g} s") from error

    async def close(self) -> None:
        """End the thread, with the pauses that wait for it. Idempotent."""
        thread, self._thread = self._thread, None
        if thread:
            await asyncio.to_thread(thread.shutdown)

    def _done(self) -> None:
        self._under_way -= 1


def features(audio: Pcm) -> Floats:
    """What the model takes of a turn of any rate: [1, 80, 800]. Raises `ValueError` for a rate of 0 or below."""
    if audio.rate <= 0:
        raise ValueError(f"sample rate must be above 0 Hz, got {audio.rate}")
    last = audio.samples[-2 * SECONDS * audio.rate :]
    samples: Floats = np.frombuffer(last, "<i2").astype(np.float32) / np.float32(32768)
    if audio.rate != RATE:
        samples = np.asarray(soxr.resample(samples, audio.rate, RATE, quality="HQ"), np.float32)
    return log_mel(samples)[None]


class Model:
    """The model itself, in the thread of who asks: some 65 ms of one core an answer.

    Raises `EngineUnavailableError`, with the remedy, when it can't be loaded.
    """

    def __init__(self, path: Path) -> None:
        self._session = onnx_session(NAME, path, install=INSTALL, fetch=FETCH)
        shapes = [tuple(taken.shape[1:]) for taken in self._session.get_inputs()]
        if shapes != [(MELS, FRAMES)]:
            raise EngineUnavailableError(
                f"{NAME}: expected a model of one input [n, {MELS}, {FRAMES}], {path} has {shapes}"
            )
        self._input = self._session.get_inputs()[0].name
        try:
            self.probability(Pcm(RATE, b""))
        except EngineError as error:
            raise EngineUnavailableError(f"{path} is no {NAME} v3: {error}") from error

    def probability(self, audio: Pcm) -> float:
        """How likely it is, 0 to 1, that who says this has finished. Raises `EngineError` for no such answer."""
        answer = np.asarray(self._session.run(None, {self._input: features(audio)})[0])
        if answer.size != 1 or not 0 <= (probability := float(answer.ravel()[0])) <= 1:
            raise EngineError(f"{NAME}: expected one probability of 0 to 1, the model gave {answer.ravel()[:4]}")
        return probability
