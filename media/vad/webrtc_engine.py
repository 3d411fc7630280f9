"""WebRTC's voice activity as an engine: it makes each call's detector. Not compiled: its options are to be seen."""

from __future__ import annotations

from media.vad.webrtc import GATE_DBFS, WebRtcVad


class WebRtcVads:
    """The engine `webrtcvad`: a detector a call, each as `WebRtcVad` has it. Raises `ValueError` as it does."""

    def __init__(self, *, name: str = "webrtcvad", aggressiveness: int = 3, gate_dbfs: float = GATE_DBFS) -> None:
        self.name = name
        self._aggressiveness = aggressiveness
        self._gate_dbfs = gate_dbfs
        self.open()

    def open(self) -> WebRtcVad:
        """A call's detector."""
        return WebRtcVad(self._aggressiveness, self._gate_dbfs)
