"""Gives calls the engines of the moment, which are theirs to their end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ari_app.calls.services import Equipment
from ari_app.calls.understanding import Understanding
from ari_app.engines import Generations
from media.dialog.plane import MediaPlane


class Equipper:
    """An `Equip` (ari_app/calls/services.py)."""

    def __init__(self, generations: Generations, media: MediaPlane, understanding: Callable[[], Understanding]) -> None:
        self._generations = generations
        self._media = media
        self._understanding = understanding

    def equip(self, call_id: str) -> Equipment:
        """The engines of new calls, held for this one."""
        engines = self._generations.hold(call_id).engines
        return Equipment(partial(self._media.open, engines.faculties), self._understanding)

    def let_go(self, call_id: str) -> None:
        """It has ended, or never began: what it held may go."""
        self._generations.let_go(call_id)
