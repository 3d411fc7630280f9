"""What of a mind's text is spoken: whole sentences, no markup, whatever pieces it comes in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.llm.reply import Budget, Reply, spoken

CASES = [
    ("One. Two! Three?", "One. Two!"),
    ("आपका ऑर्डर रास्ते में है। दस मिनट। और कुछ?", "आपका ऑर्डर रास्ते में है। दस मिनट।"),
    ("No full stop", "No full stop"),
    ("It costs Rs. 4.50 per piece. Fine. More.", "It costs Rs. 4.50 per piece. Fine."),
    ("It costs 450. Fine. More.", "It costs 450. Fine."),
    ("1. Press one. Two.", "1. Press one. Two."),
    ("Dr. Rao comes at 9 a.m. on Monday. Bye.", "Dr. Rao comes at 9 a.m. on Monday. Bye."),
    ("**Bold** words\n\n# Title", "Bold words Title"),
    ("It is *very* late, __really__.", "It is very late, really."),
    ("*sighs* It is late. *laughs softly*", "It is late."),
    ("(chuckles) Fine (in an hour).", "Fine (in an hour)."),
    ("(मुस्कुराते हुए) नमस्ते जी।", "नमस्ते जी।"),
    ("Well [laugh], yes [sigh].", "Well, yes."),
    ("<laugh> Yes <break time='1s'/> please.", "Yes please."),
    ("Happy to help! 😀🎉 Anything else? 👍", "Happy to help! Anything else?"),
    ("?", ""),
    ("Yes. ? Then no.", "Yes. Then no."),
    ("... - !", ""),
    ("See [our page](https://example.org/a) for it.", "See our page for it."),
    ("- one thing\n- another\n- a third", "one thing another"),
    ("<think>The caller wants food. Say yes.</think>Yes.", "Yes."),
    ("<think>never closed. Really.", ""),
    ("Here: ```python\nprint('x. y')\n``` Done.", "Here: Done."),
    ('{"name": "choose", "arguments": {"intent": "person. Now. "}}', ""),
    ("<tool_call>{}</tool_call>", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "said"), CASES)
def test_what_is_spoken_of_a_text(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(("text", "said"), CASES)
def test_it_is_the_same_in_single_letters(text: str, said: str) -> None:
    reply = Reply()
    sentences = [sentence for letter in text for sentence in reply.take(letter)] + reply.finish()
    assert " ".join(sentences) == said
    assert sentences == reply.said


MARKED = st.lists(
    st.sampled_from(
        [
            "Yes. ",
            "no ",
            "*sighs* ",
            "[laugh] ",
            "दस। ",
            "4.",
            "50 ",
            "\n",
            "<think>",
            "</think>",
            "```",
            "?",
            "(",
            ") ",
            "* ",
        ]
    ),
    max_size=12,
)


@given(MARKED, st.data())
def test_how_a_text_is_cut_changes_nothing(parts: list[str], data: st.DataObject) -> None:
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    reply = Reply()
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        reply.take(text[begin:end])
    reply.finish()
    assert " ".join(reply.said) == spoken(text)


@given(st.text(max_size=80))
def test_nothing_that_is_no_speech_is_spoken(text: str) -> None:
    said = spoken(text)
    assert not set(said) & set("*#[]<>{}`~|\n")
    assert len(said) <= Budget().characters


def test_a_sentence_is_told_as_soon_as_it_is_whole() -> None:
    reply = Reply()
    assert reply.take("It is on") == []
    assert reply.take(" the way.") == []
    assert reply.take(" Ten") == ["It is on the way."]
    assert not reply.full
    assert reply.take(" minutes. And") == ["Ten minutes."]
    assert reply.full
    assert reply.take(" more. ") == []
    assert reply.finish() == []


def test_a_danda_ends_a_sentence_at_once() -> None:
    assert Reply().take("रास्ते में है।") == ["रास्ते में है।"]


def test_a_later_sentence_that_is_too_long_is_left_out() -> None:
    assert spoken("Short. " + "word " * 80 + ".") == "Short."


def test_a_first_sentence_that_is_too_long_is_cut_at_a_word() -> None:
    said = spoken("word " * 200)
    assert 290 < len(said) <= 300
    assert said.endswith("word")


def test_it_is_cut_at_the_end_of_a_clause_if_that_is_not_too_little() -> None:
    assert spoken("one two three, four five six seven", Budget(1, 22)) == "one two three"


def test_a_budget_of_one_sentence() -> None:
    assert spoken("One. Two.", Budget(sentences=1)) == "One."
