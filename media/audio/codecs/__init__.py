"""Codecs: the formats that Asterisk sends and takes, to and from 20 ms frames of 16-bit linear audio at 8 kHz."""
