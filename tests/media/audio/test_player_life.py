"""Anything in any order, as a call brings it: what always holds of the player."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from media.audio.music import Music
from media.audio.pcm import FRAME_BYTES
from media.audio.player import MOST_QUEUED, Finished, Player, Started
from media.audio.track import Playing
from tests.media.fakes import tone


class PlayersLife(RuleBasedStateMachine):
    """Utterances that come at once or slowly, music, cuts, standing still, and ticks."""

    def __init__(self) -> None:
        super().__init__()
        self.player = Player()
        self.said: dict[str, Playing] = {}
        self.started: list[str] = []
        self.finished: dict[str, Finished] = {}

    @rule(ms=st.integers(0, 90), whole=st.booleans(), barge_in=st.booleans(), over_music=st.booleans())
    def say(self, ms: int, whole: bool, barge_in: bool, over_music: bool) -> None:
        if len(self.said) - len(self.finished) >= MOST_QUEUED:
            return
        name = str(len(self.said))
        playing = self.player.add(name, ["one two", ""], barge_in=barge_in, over_music=over_music)
        playing.tracks[0].feed(tone(ms))
        for track in playing.tracks:
            track.complete = whole
        self.said[name] = playing

    @rule(ms=st.integers(0, 50), last=st.booleans())
    def more_comes(self, ms: int, last: bool) -> None:
        for playing in self.said.values():
            for track in playing.tracks:
                if not track.complete:
                    track.feed(tone(ms))
                    track.complete = last
                    return

    @rule(ready=st.booleans())
    def music_begins(self, ready: bool) -> None:
        self.player.play_music(Music(tone(130, hertz=300) if ready else b""))

    @rule()
    def music_ends(self) -> None:
        self.player.stop_music()

    @rule()
    def stands_still(self) -> None:
        self.player.pause()

    @rule()
    def goes_on(self) -> None:
        self.player.resume()

    @rule()
    def is_cut(self) -> None:
        self.player.cut()
        assert not self.player.paused
        self.told()
        assert all(name in self.finished for name, playing in self.said.items() if playing.barge_in)

    @rule(count=st.integers(1, 12))
    def ticks(self, count: int) -> None:
        for _ in range(count):
            frame = self.player.pull()
            assert frame is None or len(frame) == FRAME_BYTES
            self.told()

    def told(self) -> None:
        for event in self.player.take_events():
            if isinstance(event, Started):
                assert event.utterance not in self.started
                assert event.utterance not in self.finished
                self.started.append(event.utterance)
            else:
                assert event.utterance not in self.finished
                assert not event.complete or self.said[event.utterance].done
                self.finished[event.utterance] = event

    @invariant()
    def what_is_queued_is_what_was_not_finished(self) -> None:
        assert self.player.speaking == any(name not in self.finished for name in self.said)
        remaining = self.player.remaining_ms
        open_ = [playing for name, playing in self.said.items() if name not in self.finished]
        assert (remaining is None) == any(not track.complete for playing in open_ for track in playing.tracks)

    @invariant()
    def nothing_is_played_that_did_not_come(self) -> None:
        for playing in self.said.values():
            assert all(0 <= track.played <= track.total for track in playing.tracks)

    def teardown(self) -> None:
        """All comes, nobody interrupts: it ends."""
        self.player.stop_music()
        self.player.resume()
        for playing in self.said.values():
            for track in playing.tracks:
                track.complete = True
        for _ in range(5 + 100 * len(self.said)):
            self.player.pull()
            self.told()
        assert self.player.pull() is None
        assert set(self.finished) == set(self.said)
        for name, playing in self.said.items():
            if self.finished[name].complete:
                assert all(track.played == track.total for track in playing.tracks)


PlayersLife.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestPlayersLife = PlayersLife.TestCase
