"""Scripted SIP phones: SIPp speaks SIP, the phone itself sends, hears, records and times the RTP.

Start with `phones.phone` (`Line`, `Phone`); figures are in `phones.measure`, audio in `phones.recordings`; TLS and SDES
are `phones.baresip`'s.
"""
