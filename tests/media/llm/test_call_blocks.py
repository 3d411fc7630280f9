"""Calls in a model's text, however it is cut."""

from __future__ import annotations

import pytest

from media.llm.call_blocks import CallBlocks
from media.llm.chat_format import Dropped
from media.llm.protocol import Text, ToolCall

CALL = '<tool_call>\n{"name": "choose", "arguments": {"intent": "हाँ"}}\n</tool_call>'


def parts(text: str, cut: int) -> list[Text | ToolCall | Dropped]:
    """What is made of a text in pieces of `cut` letters; words in a row as one."""
    blocks = CallBlocks(0.7)
    made = [part for at in range(0, len(text), cut) for part in blocks.take(text[at : at + cut])]
    joined: list[Text | ToolCall | Dropped] = []
    for part in [*made, *blocks.finish()]:
        if isinstance(part, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + part.text)
        else:
            joined.append(part)
    return joined


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 11, 1000])
def test_words_and_calls_are_told_apart_however_they_are_cut(cut: int) -> None:
    call = ToolCall("choose", {"intent": "हाँ"}, 0.7)
    assert parts(f"One moment. {CALL}", cut) == [Text("One moment. "), call]
    assert parts(CALL + "<b> 3 < 4 <tool", cut) == [call, Text("<b> 3 < 4 <tool")]


def test_words_are_told_at_once() -> None:
    blocks = CallBlocks()
    assert list(blocks.take("One ")) == [Text("One ")]
    assert list(blocks.take("<to")) == []
    assert list(blocks.take("ken>")) == [Text("<token>")]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ("<tool_call>{nothing}</tool_call>", "is no JSON"),
        ("<tool_call>[1]</tool_call>", "without a name"),
        ('<tool_call>{"name": "a", "arguments": 3}</tool_call>', "expected an object as arguments, got int"),
        ('<tool_call>{"name": "a"', "cut before its end"),
    ],
)
def test_what_is_no_call_is_left_out(block: str, reason: str) -> None:
    (dropped,) = parts(block, 1000)
    assert isinstance(dropped, Dropped)
    assert reason in dropped.reason


def test_letters_of_control_in_an_argument_are_letters() -> None:
    assert parts('<tool_call>{"name": "a", "arguments": {"b": "1\n2"}}</tool_call>', 9) == [
        ToolCall("a", {"b": "1\n2"}, 0.7)
    ]


def test_the_opening_is_found_where_it_is_completed() -> None:
    blocks = CallBlocks()
    assert blocks.opened_by("Hm ") is None
    list(blocks.take("Hm <tool"))
    assert blocks.opened_by("_ca") is None
    list(blocks.take("_ca"))
    assert blocks.opened_by('ll>{"name') == "ll>"
    list(blocks.take("ll>"))
    assert blocks.opened_by("<tool_call>") is None


def test_an_answer_that_begins_as_json_is_a_call() -> None:
    blocks = CallBlocks()
    list(blocks.take("\n"))
    assert blocks.opened_by(' {"na') == "<tool_call>"
    list(blocks.take("Take "))
    assert blocks.opened_by("{") is None
