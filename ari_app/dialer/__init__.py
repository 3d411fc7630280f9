"""Outbound calls and result callbacks that survive a crash."""
