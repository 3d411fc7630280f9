"""What a recogniser is told that callers are likely to say."""

from __future__ import annotations

from ari_app.calls.likely import likely_words


def test_names_of_the_order_are_likely_and_figures_and_remarks_are_not() -> None:
    values = {
        "order_id": "4711",
        "vendor": "Asha",
        "items": [{"name": "paneer tikka", "count": 2}, {"name": "नान", "count": 1}, {"name": "paneer tikka"}],
        "placed_at": "2026-11-21T12:00:00+05:30",
        "note": "please leave it at the back door, the bell has been broken for a week",
        "paid": True,
    }
    assert likely_words(values) == ("Asha", "paneer tikka", "नान")


def test_there_are_so_many_and_no_more() -> None:
    many = {str(number): "".join(chr(97 + int(digit)) for digit in f"{number:03}") for number in range(100)}
    assert len(likely_words(many)) == 40
