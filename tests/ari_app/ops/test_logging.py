"""Numbers and speech stay out of the logs unless asked for."""

import io
import json
import logging

import pytest

from ari_app.ops.logging import configure_logging, get_logger, mask_number
from ari_app.ops.settings import LogSettings


@pytest.mark.parametrize(
    ("number", "masked"),
    [("+919812345678", "+91******5678"), ("9812345678", "******5678"), ("100", "100"), ("", "")],
)
def test_mask_number(number: str, masked: str) -> None:
    assert mask_number(number) == masked


def _line(settings: LogSettings, **values: object) -> dict[str, object]:
    stream = io.StringIO()
    configure_logging(settings, stream)
    try:
        get_logger("test").info("call.event", **values)
    finally:
        logging.basicConfig(force=True)
    line: dict[str, object] = json.loads(stream.getvalue())
    return line


def test_numbers_and_speech_are_masked() -> None:
    line = _line(
        LogSettings(), to="+919812345678", text="नमस्ते", reason="no route to +919812345678", call_id="call_5f00aa12"
    )
    assert line["to"] == "+91******5678"
    assert line["text"] == "<6 characters>"
    assert "9812345678" not in json.dumps(line)
    assert line["call_id"] == "call_5f00aa12"


def test_they_are_shown_when_asked_for() -> None:
    assert _line(LogSettings(reveal=True), to="+919812345678", text="yes")["text"] == "yes"
