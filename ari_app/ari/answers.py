"""Asterisk's answers to requests: bytes in, JSON or a typed error out."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ari_app.ari.errors import AriError, MalformedAnswer, MalformedMessage, refused
from ari_app.ari.fields import Json, M

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one request."""

    method: str
    path: str
    status: int
    body: bytes

    def checked(self) -> Answer:
        """Itself, if Asterisk did what was asked; raises `AriError` with Asterisk's reason otherwise."""
        if 200 <= self.status < 300:
            return self
        raise refused(self.status, self._reason(), self.method, self.path)

    def mapping(self) -> Json:
        """The JSON object it is. Raises `MalformedAnswer`."""
        value = self._json()
        if isinstance(value, dict):
            return value
        raise self._malformed("a JSON object")

    def mappings(self) -> tuple[Json, ...]:
        """The list of JSON objects it is. Raises `MalformedAnswer`."""
        value = self._json()
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(value)
        raise self._malformed("a JSON list of objects")

    def model(self, model: type[M]) -> M:
        """The model it is. Raises `MalformedAnswer`."""
        try:
            return model.from_json(self.mapping())
        except MalformedMessage as error:
            raise self._malformed(f"a {model.__name__} ({error})") from error

    def models(self, model: type[M]) -> tuple[M, ...]:
        """The list of models it is. Raises `MalformedAnswer`."""
        try:
            return tuple(model.from_json(item) for item in self.mappings())
        except MalformedMessage as error:
            raise self._malformed(f"a list of {model.__name__} ({error})") from error

    def _json(self) -> object:
        try:
            value: object = json.loads(self.body)
        except ValueError as error:
            raise self._malformed("JSON") from error
        return value

    def _reason(self) -> str:
        try:
            value = self.mapping()
        except AriError:
            return self._start() or "no reason given"
        return str(value.get("message") or value.get("error") or self._start())

    def _malformed(self, expected: str) -> MalformedAnswer:
        return MalformedAnswer(self.status, f"expected {expected}, got {self._start()!r}", self.method, self.path)

    def _start(self) -> str:
        return self.body[:_SHOWN].decode(errors="replace")
