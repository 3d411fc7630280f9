"""The codecs by what they are called: Asterisk's name of the format, or the payload type of a packet."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from media.audio.codecs.g722 import G722
from media.audio.codecs.linear import Slin, Slin16
from media.audio.codecs.protocol import Codec
from media.audio.g711 import ALAW, ULAW

_G722 = G722()
_L16 = Slin(payload_type=10, big_endian=True)
"""Payload type 10 is 44.1 kHz and stereo in RFC 3551; Asterisk uses it for 8 kHz mono."""

ON_RTP: Mapping[int, Codec] = MappingProxyType({0: ULAW, 8: ALAW, 9: _G722, 10: _L16})
"""By static payload type: what goes both ways over RTP with Asterisk's ExternalMedia."""

ON_WEBSOCKET: Mapping[str, Codec] = MappingProxyType(
    {codec.name: codec for codec in (ALAW, ULAW, _G722, Slin(payload_type=None, big_endian=False), Slin16())}
)
"""By Asterisk's name of the format: what goes over its websocket."""


def on_rtp(name: str) -> Codec:
    """The codec of RTP by Asterisk's name. Raises `ValueError` for one that is not to be had."""
    return _found({codec.name: codec for codec in ON_RTP.values()}, name, "RTP")


def on_websocket(name: str) -> Codec:
    """The codec of the websocket by Asterisk's name. Raises `ValueError` for one that is not to be had."""
    return _found(ON_WEBSOCKET, name, "the websocket")


def _found(codecs: Mapping[str, Codec], name: str, where: str) -> Codec:
    try:
        return codecs[name]
    except KeyError:
        raise ValueError(
            f"expected a format that goes over {where} ({', '.join(sorted(codecs))}), got {name!r}"
        ) from None
