"""What a call's record says of its media."""

from __future__ import annotations

from collections.abc import Mapping

from media.dialog.protocol import MediaStatistics
from media.transport.protocol import TransportStatistics


def leg_statistics(counts: TransportStatistics, underruns: int, engines_ms: Mapping[str, float]) -> MediaStatistics:
    """A leg's counts at its end, from its transport's.

    `underruns`: frames that had to be filled; `engines_ms`: what callers waited for each engine, in milliseconds.
    """
    return MediaStatistics(
        received=counts.received,
        sent=counts.sent,
        lost=counts.lost,
        late=counts.late,
        duplicates=counts.duplicates,
        malformed=counts.malformed,
        wrong_source=counts.wrong_source,
        wrong_ssrc=counts.wrong_ssrc,
        jitter_ms=counts.jitter_ms,
        concealed=counts.concealed_frames,
        noise=counts.noise_frames,
        skipped=counts.skipped_frames,
        held=counts.held_frames,
        send_errors=counts.send_errors,
        unsent=counts.unsent_frames,
        codec=counts.codec,
        ptime_ms=counts.ptime_ms,
        missing_ms=counts.missing_ms,
        out_of_order=counts.out_of_order,
        max_gap_ms=counts.max_gap_ms,
        longest_loss_ms=counts.longest_loss_ms,
        bursts=counts.bursts,
        burst_loss=counts.burst_loss,
        gap_loss=counts.gap_loss,
        delay_ms=counts.delay_ms,
        mos=counts.mos,
        underruns=underruns,
        engines_ms=dict(engines_ms),
    )
