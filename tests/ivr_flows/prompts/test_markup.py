"""Hints for the voice in what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr_flows.commands import Rest, SpokenText
from ivr_flows.model.prompts import PausePiece, TextPiece
from ivr_flows.model.values import Type, Value
from ivr_flows.prompts.markup import MarkupError, marked, spans
from ivr_flows.prompts.render import plain_text, render

CODE = {"code": Value(type=Type.TEXT)}


def said(text: str, code: object = None) -> list[SpokenText | Rest]:
    parts = render((TextPiece(text=text),), "en", CODE, {"code": code})
    return [part for part in parts if isinstance(part, SpokenText | Rest)]


def text(words: str, speed: float = 1.0) -> SpokenText:
    return SpokenText(words, "en", "", speed)


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("One moment.", [text("One moment.")]),
        ("Order[pause]ready.", [text("Order"), Rest(400), text("ready.")]),
        ("Order [pause 0.8s] ready.", [text("Order"), Rest(800), text("ready.")]),
        ("[slow]Press one[/slow] now.", [text("Press one", 0.8), text("now.")]),
        ("[fast]quickly[/fast]", [text("quickly", 1.2)]),
        ("Code [spell]ab12[/spell].", [text("Code"), text("A B 1 2"), text(".")]),
        ("[spell]नमस्ते १२[/spell]", [text("न म स् ते, १ २")]),
        ("[spell]--[/spell]", []),
        ("No [laugh] really.", [text("No [\u2063laugh] really.")]),
        ("A [[bracket].", [text("A [bracket].")]),
    ],
)
def test_hints_shape_what_is_said(written: str, parts: list[SpokenText | Rest]) -> None:
    assert said(written) == parts


def test_a_value_is_never_taken_for_a_hint() -> None:
    assert said("{{ code }}[pause]", "[slow]x\ue000") == [text("[slow]x"), Rest(400)]


def test_a_sound_is_marked_where_the_author_wrote_it_and_nowhere_else() -> None:
    assert said("Oh [laugh] {{ code }} [[sigh]", "[laugh] [\u2063sigh]") == [
        text("Oh [\u2063laugh] [laugh] [sigh] [sigh]")
    ]


def test_a_hint_may_stand_in_a_condition() -> None:
    written = "{% if code == 'a' %}[slow]first[/slow]{% else %}second{% endif %}"
    assert said(written, "a") == [text("first", 0.8)]
    assert said(written, "b") == [text("second")]


def test_only_pauses_are_nothing() -> None:
    assert said("[pause]{{ code }}[pause]") == []


def test_a_pause_between_pieces() -> None:
    line = (TextPiece(text="One."), PausePiece(pause=300), TextPiece(text="Two.", speed=1.5))
    assert render(line, "en", {}, {}) == (text("One."), Rest(300), text("Two.", 1.5))
    assert plain_text(line) == "One. Two."


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[paws]", r"no hint \[paws\]; did you mean \[pause\]"),
        ("[slow]now", r"\[slow\] has no \[/slow\]"),
        ("now[/slow]", r"\[/slow\] ends nothing"),
        ("[slow][fast]now[/fast][/slow]", r"\[fast\] begins within \[slow\]"),
        ("[pause 9s]", "at most 5 s"),
        ("[]", "no hint"),
    ],
)
def test_what_is_no_hint_is_refused(written: str, message: str) -> None:
    with pytest.raises(MarkupError, match=message):
        marked(written)


@given(st.text(max_size=60))
def test_any_text_is_marked_or_refused(written: str) -> None:
    try:
        found = marked(written)
    except MarkupError:
        return
    assert len(found.hints) <= written.count("[")
    assert not any("\ue000" <= letter <= "\uf8ff" for span in spans(found.text, found.hints) for letter in span.text)


@given(st.text(max_size=40))
def test_any_value_is_spoken_whole(value: str) -> None:
    parts = said("Say [slow]{{ code }}[/slow] now.", value)
    assert all(isinstance(part, SpokenText) for part in parts)
