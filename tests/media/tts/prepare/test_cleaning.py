from __future__ import annotations

import pytest

from media.tts.prepare import prepared


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Hello 🙂 there!", "Hello there!"),
        ("**Order** _placed_", "Order placed"),
        ("[laughs] Fine *sighs* then", "Fine then"),
        ("See [our site](https://example.org) now", "See our site now"),
        ("# Menu\n- tea\n- coffee", "Menu. tea. coffee"),
        ("Well ... ? yes", "Well yes"),
        ("What???", "What?"),
        ("**₹50** + `10%`", "fifty rupees plus ten percent"),
        ("Dear (smiling warmly) friend (new)", "Dear friend, new"),
        ("*really* [AB] <b>now</b> :)", "really, AB, now"),
        ("one \u2014 two \u2013 three", "one, two, three"),
        ("tea and/or coffee", "tea and, or coffee"),
        ("1. tea\n2) coffee", "one, tea. two, coffee"),
        ("a\u200bb\u00a0c\u00add", "ab cd"),
        ("```yaml\nkey\n```", "key"),
        ("\U0001f468\u200d\U0001f373 cooks", "cooks"),
        ("?", ""),
        ("🙂", ""),
    ],
)
def test_only_what_is_spoken_is_left(written: str, spoken: str) -> None:
    assert prepared(written, "en") == spoken


def test_devanagari_keeps_its_signs_and_lines_end_in_a_danda() -> None:
    assert prepared("ऑर्डर क्रमांक\nनमस्ते 🙏", "hi") == "ऑर्डर क्रमांक। नमस्ते"
