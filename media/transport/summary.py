"""What a leg's record says of its RTP at the end: the counts of both directions, and how it sounded. Pure."""

from __future__ import annotations

from dataclasses import replace

from media.audio.pcm import FRAME_MS, TELEPHONE_RATE
from media.rtp.playout import Playout
from media.rtp.quality import estimate
from media.rtp.session import Counters, RtpReceiver
from media.transport.protocol import TransportStatistics


def summary(
    receiver: RtpReceiver | None, playout: Playout, counters: Counters, depth_frames: int, unsent: int
) -> TransportStatistics:
    """A leg's counts. Without a receiver nothing was ever connected."""
    ours = TransportStatistics(
        sent=counters.sent,
        send_errors=counters.send_errors,
        unsent_frames=unsent,
        late=counters.late,
        malformed=counters.malformed,
        wrong_source=counters.wrong_source,
        wrong_ssrc=counters.wrong_ssrc,
    )
    return _with_stream(ours, receiver, playout, float(depth_frames * FRAME_MS)) if receiver else ours


def _with_stream(
    ours: TransportStatistics, receiver: RtpReceiver, playout: Playout, delay_ms: float
) -> TransportStatistics:
    stream = receiver.statistics
    losses, ptime_ms = stream.losses, stream.packet_ms
    codec = receiver.codec.name if receiver.codec else ""
    quality = estimate(
        stream.lost + round(stream.missing_samples / stream.packet_samples),
        ours.late,
        stream.received,
        delay_ms,
        codec=codec,
        packet_ms=ptime_ms,
        mean_row=losses.mean_row,
    )
    return replace(
        ours,
        received=stream.received,
        lost=stream.lost,
        duplicates=stream.duplicates,
        out_of_order=stream.out_of_order,
        codec=codec,
        ptime_ms=ptime_ms if codec else 0.0,
        jitter_ms=stream.jitter_ms,
        missing_ms=stream.missing_samples * 1000 / TELEPHONE_RATE,
        max_gap_ms=round(stream.max_gap_s * 1000.0, 1),
        longest_loss_ms=losses.longest_row * ptime_ms,
        bursts=losses.bursts,
        burst_loss=round(losses.burst_density, 4),
        gap_loss=round(losses.gap_density(stream.expected), 4),
        skipped_frames=playout.buffer.skipped,
        held_frames=playout.buffer.held,
        concealed_frames=playout.concealed,
        noise_frames=playout.noise_frames,
        delay_ms=delay_ms,
        mos=quality.mos if stream.received else 0.0,
    )
