"""The modules that Mercury's Asterisk loads: nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ari_app.ops.asterisk.errors import AsteriskError

REQUIRED = (
    # sorcery and scheduling
    "res_timing_timerfd.so",
    "res_sorcery_astdb.so",
    "res_sorcery_config.so",
    "res_sorcery_memory.so",
    # SIP
    "res_pjproject.so",
    "res_pjsip.so",
    "res_pjsip_session.so",
    "res_pjsip_acl.so",
    "res_pjsip_authenticator_digest.so",
    "res_pjsip_caller_id.so",
    "res_pjsip_diversion.so",
    "res_pjsip_dlg_options.so",
    "res_pjsip_dtmf_info.so",
    "res_pjsip_empty_info.so",
    "res_pjsip_endpoint_identifier_ip.so",
    "res_pjsip_header_funcs.so",
    "res_pjsip_logger.so",
    "res_pjsip_nat.so",
    "res_pjsip_outbound_authenticator_digest.so",
    "res_pjsip_pubsub.so",  # chan_pjsip needs it
    "res_pjsip_rfc3326.so",
    "res_pjsip_sdp_rtp.so",
    "res_security_log.so",
    "chan_pjsip.so",
    # media
    "res_rtp_asterisk.so",
    "res_srtp.so",
    "res_rtp_multicast.so",  # chan_rtp needs its symbols
    "chan_rtp.so",
    "chan_bridge_media.so",
    "bridge_simple.so",
    "bridge_softmix.so",
    "bridge_holding.so",
    "bridge_native_rtp.so",
    "res_musiconhold.so",
    "codec_alaw.so",
    "codec_ulaw.so",
    "codec_a_mu.so",
    "codec_g722.so",
    "codec_resample.so",
    "format_pcm.so",
    "format_sln.so",
    "format_wav.so",
    # Stasis and ARI
    "res_http_websocket.so",
    "res_stasis.so",
    "res_stasis_answer.so",
    "res_stasis_playback.so",
    "res_stasis_recording.so",
    "res_stasis_snoop.so",
    "app_stasis.so",
    "res_ari.so",
    "res_ari_model.so",
    "res_ari_applications.so",
    "res_ari_asterisk.so",
    "res_ari_bridges.so",
    "res_ari_channels.so",
    "res_ari_endpoints.so",
    "res_ari_events.so",
    "res_ari_playbacks.so",
    "res_ari_recordings.so",
    "res_ari_sounds.so",
    # dialplan
    "pbx_config.so",
    "app_dial.so",
    "app_echo.so",
    "app_playback.so",
    "app_stack.so",
    "app_verbose.so",
    "func_callerid.so",
    "func_channel.so",
    "func_global.so",
    "func_hangupcause.so",
    "func_jitterbuffer.so",
    "func_logic.so",
    "func_strings.so",
    "func_talkdetect.so",
    "func_timeout.so",
)

OPTIONAL = (
    "res_websocket_client.so",
    "chan_websocket.so",
    "res_format_attr_opus.so",
    "codec_opus_open_source.so",
    "codec_opus.so",
)
"""Loaded where the installation has them."""


MEDIA_WEBSOCKET = "chan_websocket.so"
"""Needed where `media.transport` is `websocket`."""


def choose_modules(modules_dir: Path, also_needed: Sequence[str] = ()) -> tuple[str, ...]:
    """The modules to load from a folder. Raises `AsteriskError` naming those that are needed and not there."""
    there = {path.name for path in modules_dir.glob("*.so")}
    if missing := [name for name in (*REQUIRED, *also_needed) if name not in there]:
        raise AsteriskError(f"{modules_dir} lacks {', '.join(missing)}: install Asterisk with all its modules")
    return (*REQUIRED, *(name for name in OPTIONAL if name in there))
