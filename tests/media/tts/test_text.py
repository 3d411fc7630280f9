from __future__ import annotations

import pytest

from media.tts.text import prepared


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
        ("₹50 + 10%", "₹50 + 10%"),
        ("?", ""),
        ("🙂", ""),
    ],
)
def test_only_what_is_spoken_is_left(written: str, spoken: str) -> None:
    assert prepared(written, "en") == spoken


def test_devanagari_keeps_its_signs_and_lines_end_in_a_danda() -> None:
    assert prepared("ऑर्डर क्रमांक\nनमस्ते 🙏", "hi") == "ऑर्डर क्रमांक। नमस्ते"
