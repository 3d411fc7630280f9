from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from media import registry
from media.errors import EngineUnavailableError
from media.registry import Engines, engine


def offer(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint("mine", value, "mercury.minds")
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == point.group else [])


def test_an_engine_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, "media.llm.intents:IntentClassifier")
    assert engine(Engines.MINDS, "mine").__name__ == "IntentClassifier"


@pytest.mark.parametrize(
    ("kind", "name", "value", "message"),
    [
        (Engines.MINDS, "other", "x:y", "no engine 'other' in mercury.minds; installed: mine"),
        (Engines.VADS, "mine", "x:y", "installed: none"),
        (Engines.MINDS, "mine", "not_installed_here:Engine", "can't be loaded: No module named"),
        (Engines.MINDS, "mine", "media.llm.intents:NONE", "is no callable"),
    ],
)
def test_what_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, kind: Engines, name: str, value: str, message: str
) -> None:
    offer(monkeypatch, value)
    with pytest.raises(EngineUnavailableError, match=message):
        engine(kind, name)
