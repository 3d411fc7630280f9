"""Which trunk a number is dialled on, and how."""

from __future__ import annotations

from ari_app.calls.switch import Dial, SwitchError
from ari_app.ops.settings import Settings

TEST_TRUNK, EXOTEL = "test-trunk", "exotel"
"""As the dialplan and the flows name them."""


def trunk_names(settings: Settings) -> tuple[str, ...]:
    """The trunks that are set up."""
    up = {EXOTEL: settings.exotel.enabled, TEST_TRUNK: settings.test_trunk.enabled}
    return tuple(name for name, enabled in up.items() if enabled)


class Trunks:
    """The trunks of the settings. Numbers that the test trunk has a contact for go there; all others go to Exotel."""

    def __init__(self, settings: Settings) -> None:
        self._exotel = settings.exotel
        self._test = settings.test_trunk
        self._ring_s = settings.dialer.ring_s

    def reaching(self, number: str) -> str:
        """The trunk that a number is dialled on. Raises `SwitchError` when none reaches it."""
        if self._test.enabled and number in self._test.contacts:
            return TEST_TRUNK
        if self._exotel.enabled:
            return EXOTEL
        raise SwitchError(f"no trunk reaches {number}: Exotel is not set up, and the test trunk has no contact for it")

    def dial(self, number: str, *, trunk: str = "", ring_s: int | None = None) -> Dial:
        """How to ring a number; on this trunk, if one is named. Raises `SwitchError` when no trunk reaches it."""
        rings_s = ring_s or self._ring_s
        contact = self._test.contacts.get(number) if self._test.enabled else None
        if contact and trunk in ("", TEST_TRUNK):
            return Dial(f"PJSIP/{TEST_TRUNK}/sip:{number}@{contact}", self._test.caller_id, rings_s)
        if self._exotel.enabled and trunk in ("", EXOTEL):
            return Dial(f"PJSIP/{number}@{EXOTEL}", self._exotel.exophone, rings_s)
        if trunk not in ("", TEST_TRUNK, EXOTEL):
            raise SwitchError(f"no trunk reaches {number}: expected {EXOTEL} or {TEST_TRUNK}, got {trunk!r}")
        raise SwitchError(f"no trunk reaches {number}: Exotel is not set up, and the test trunk has no contact for it")
