"""What is rendered before any call: prompts without variables, and the sentences around variables."""

from __future__ import annotations

from ari_app.engines import fixed_prompts_of
from ivr_flows.loader import parse_flows
from ivr_flows.vocabulary import FILLERS

FLOWS = """
flows:
  shop:
    languages: [en]
    inputs: {total: rupees}
    outcomes: [told, hung_up, unclear]
    on_hang_up: hung_up
    gives_up: unclear
    start: greeting
    steps:
      greeting:
        ask:
          en: >-
            Hello from the shop. Your order costs {{ total }} today. [slow]Press one at the door.[/slow]
            Thanks, {{ total }}.
        options: {fine: {key: "1", next: bye}}
      bye: {say: {en: "Goodbye."}, hang_up: told}
      unclear: {say: {en: "Sorry."}, hang_up: unclear}
"""


def test_the_sentences_around_a_variable_are_rendered_ahead_as_they_will_be_said() -> None:
    spoken = {(speech.text, speech.speed) for speech in fixed_prompts_of(parse_flows(FLOWS))}
    assert {("Hello from the shop.", 1.0), ("Press one at the door.", 0.8), ("Goodbye.", 1.0)} <= spoken
    assert not [text for text, _ in spoken if "order costs" in text or "Thanks" in text]


def test_mercury_s_own_words_are_rendered_where_somebody_speaks_the_language() -> None:
    book = parse_flows(FLOWS)
    own = {speech.text for speech in fixed_prompts_of(book)} - {speech.text for speech in fixed_prompts_of(book, ())}
    assert set(FILLERS["en"]) <= own
    assert "Goodbye." not in own, "what the author wrote is rendered, or refused, in any case"
    assert fixed_prompts_of(book, {"en"}) == fixed_prompts_of(book)
