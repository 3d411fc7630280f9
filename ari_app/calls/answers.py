"""What answers a question on a call: keys, words, silence; and the caller's last words.

Keys pressed while nothing waits for them, or while a prompt may not be cut, are kept and given to the next wait
(type-ahead), unless that wait clears them. A turn that was over before a wait began is no answer to it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ari_app.calls.attention import Attention, CutShortError
from ari_app.calls.foresight import Guesser
from ari_app.calls.history import History
from ari_app.calls.numbers import number_for
from ari_app.calls.privacy import MASK
from ari_app.calls.saying import Place
from ivr_flows.commands import Wait
from ivr_flows.events import Digit, Event, Guess, HungUp, Silence, Speech
from media.dialog.protocol import Listening, MediaLeg, SilenceElapsed, Tone, TurnEnded, Utterance

_MOST_KEYS = 64
_MOST_GUESSES = 3
_LONGEST_PROMPTS_S = 120.0
_RECOGNISED_WITHIN_S = 1.5
_LAST_WORDS_S = 2.0
BEEP = Tone(hertz=1000, ms=200)
"""Says when to speak."""


class Answers:
    """One call's. `press` and `heard` bring what the caller does, at any time."""

    def __init__(
        self, *, leg: MediaLeg, guesser: Guesser, history: History, place: Place, attention: Attention
    ) -> None:
        self._leg = leg
        self._guesser = guesser
        self._history = history
        self._place = place
        self._attention = attention
        self._typed: deque[str] = deque(maxlen=_MOST_KEYS)
        self._turns: deque[TurnEnded | SilenceElapsed] = deque(maxlen=4)
        self._waits_since_ms = 0
        self._recordings = 0
        self._beeps = 0
        self._cut: dict[str, str] = {}
        """What was cut short since the present wait began, as far as it was heard."""
        self._recording: Wait | None = None
        """What the caller was asked to speak for, until they have."""

    def press(self, digit: str) -> None:
        """A key was pressed."""
        self._typed.append(digit)
        self._attention.wake()

    def heard(self, event: TurnEnded | SilenceElapsed) -> None:
        """A turn was over, or nobody spoke: kept if it can answer the present wait."""
        if (
            isinstance(event, SilenceElapsed)
            or self._history.ms(event.at) - event.recognised_ms >= self._waits_since_ms - 1
        ):
            self._turns.append(event)
        self._attention.wake()

    def cut_short(self, prompt: str, heard: str) -> None:
        """A prompt was not said to its end."""
        self._cut[prompt] = heard

    async def answer(self, wait: Wait, words: tuple[str, ...] = ()) -> Event:
        """What the caller answers. Raises `CutShortError`, whose hang-up has their last words.

        `words`: likely ones, for the recogniser.

        A key that meant nothing while the caller spoke for a recording does not interrupt them.
        """
        if wait.clear_typed:
            self._typed.clear()
        self._cut.clear()
        self._attention.check()
        listening = replace(self._listening(wait), words=words)
        if wait == self._recording and not self._leg.speaking:
            listening = replace(listening, afresh=False)
        else:
            self._turns.clear()
            if wait.beep and (key := await self._key_before_beep()):
                return key
            self._waits_since_ms = self._history.ms()
        self._recording = wait if wait.record else None
        self._leg.listen(listening)
        try:
            return await self._answered(wait)
        except CutShortError as cut:
            if isinstance(cut.event, HungUp):
                raise CutShortError(replace(cut.event, speech=await self._last_words())) from cut
            raise

    async def _answered(self, wait: Wait) -> Event:
        ended_by_key = False
        while True:
            if turn := self._next_turn(wait):
                self._recording = None
                return await self._turn(turn, wait)
            if not ended_by_key and (key := self._next_key()):
                ended_by_key = key == wait.ends_with and self._leg.end_turn()
                if not ended_by_key:
                    return self._digit(key)
            await self._attention.news()

    async def _key_before_beep(self) -> Digit | None:
        """The prompts, and the tone after them, are heard to their end, unless a key comes."""
        self._leg.stop_listening()
        self._beeps += 1
        self._leg.say(Utterance(f"beep-{self._beeps}", (BEEP,)))
        said = asyncio.ensure_future(self._leg.drained())
        said.add_done_callback(lambda _: self._attention.wake())
        try:
            async with asyncio.timeout(_LONGEST_PROMPTS_S):
                while not said.done():
                    if key := self._next_key():
                        return self._digit(key)
                    await self._attention.news()
        except TimeoutError:
            self._leg.stop_speaking()
        finally:
            said.cancel()
        return None

    def _next_key(self) -> str:
        """A key that may be taken now, "" without one."""
        return self._typed.popleft() if self._typed and self._leg.interruptible else ""

    def _digit(self, key: str) -> Digit:
        self._leg.stop_speaking()
        return Digit(self._history.ms(), key)

    def _next_turn(self, wait: Wait) -> TurnEnded | SilenceElapsed | None:
        """The turn that answers, and with it the key that ends it. Silence in which a key was pressed is none."""
        while self._turns and self._typed and isinstance(self._turns[0], SilenceElapsed):
            self._turns.popleft()
        if not self._turns:
            return None
        turn = self._turns.popleft()
        if self._typed and self._typed[0] == wait.ends_with and isinstance(turn, TurnEnded):
            self._typed.popleft()
        return turn

    async def _turn(self, turn: TurnEnded | SilenceElapsed, wait: Wait) -> Event:
        if isinstance(turn, SilenceElapsed):
            self._history.note("silence", at=turn.at)
            return Silence(self._history.ms(turn.at))
        number, digits = number_for(wait, turn.text, turn.language)
        if number or digits:
            return replace(self._speech(turn), number=number, digits=digits)
        asked_ms = self._history.ms()
        try:
            guesses = await self._attention.unless_cut_short(self._guesser.guesses(turn.text, wait))
        except CutShortError:
            self._turns.appendleft(turn)
            raise
        self._history.note(
            "understood",
            took_ms=self._history.ms() - asked_ms,
            guesses={
                MASK if wait.private else guess.option: round(guess.confidence, 3) for guess in guesses[:_MOST_GUESSES]
            },
        )
        return self._speech(turn, guesses)

    async def _last_words(self) -> Speech | None:
        """The turn that the hang-up cut short, recorded and recognised as far as it got."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                under_way = self._leg.end_turn(within_s=_RECOGNISED_WITHIN_S)
                while not (turn := self._next_spoken()) and under_way:
                    with suppress(CutShortError):
                        await self._attention.news()
                return self._speech(turn) if turn else None
        return None

    def _next_spoken(self) -> TurnEnded | None:
        return next((turn for turn in self._turns if isinstance(turn, TurnEnded)), None)

    def _speech(self, turn: TurnEnded, guesses: tuple[Guess, ...] = ()) -> Speech:
        recording = turn.recording.name if turn.recording else None
        cut = dict(self._cut)
        return Speech(
            *(self._history.ms(), turn.text, turn.confidence, guesses, recording, turn.language),
            unheard=turn.unheard,
            cut=cut,
        )

    def _listening(self, wait: Wait) -> Listening:
        return Listening(
            language=wait.language,
            phrases=tuple(phrase for option in wait.options for phrase in option.phrases),
            free=wait.free,
            silence_ms=wait.silence_ms,
            end_silence_ms=wait.pauses.usual_ms or self._place.end_silence_ms,
            least_silence_ms=wait.pauses.least_ms,
            most_silence_ms=wait.pauses.most_ms,
            max_turn_ms=wait.max_turn_ms,
            record=self._new_recording() if wait.record else None,
            recognise=wait.recognise,
            languages=wait.detect,
            afresh=wait.beep,
            numbers=wait.numbers,
        )

    def _new_recording(self) -> Path:
        self._recordings += 1
        life = f"{self._place.life}-" if self._place.life > 1 else ""
        return self._place.recording(f"turn-{life}{self._recordings}.wav")
