"""Scripted SIP phones: SIPp speaks SIP, the phone itself sends, hears, records and times the RTP."""
