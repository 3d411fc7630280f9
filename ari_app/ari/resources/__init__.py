"""All of ARI's operations by resource.

Generated from Asterisk's Swagger files by `python -m ari_app.ari.codegen`: do not edit.
"""

from __future__ import annotations

from ari_app.ari.resources.applications import Applications
from ari_app.ari.resources.asterisk import Asterisk
from ari_app.ari.resources.base import Link
from ari_app.ari.resources.bridges import Bridges
from ari_app.ari.resources.channels import Channels
from ari_app.ari.resources.device_states import DeviceStates
from ari_app.ari.resources.endpoints import Endpoints
from ari_app.ari.resources.events import Events
from ari_app.ari.resources.mailboxes import Mailboxes
from ari_app.ari.resources.playbacks import Playbacks
from ari_app.ari.resources.recordings import Recordings
from ari_app.ari.resources.sounds import Sounds


class Repositories:
    """One attribute for each of Asterisk's Swagger files."""

    def __init__(self, link: Link) -> None:
        self.applications = Applications(link)
        self.asterisk = Asterisk(link)
        self.bridges = Bridges(link)
        self.channels = Channels(link)
        self.deviceStates = DeviceStates(link)
        self.endpoints = Endpoints(link)
        self.events = Events(link)
        self.mailboxes = Mailboxes(link)
        self.playbacks = Playbacks(link)
        self.recordings = Recordings(link)
        self.sounds = Sounds(link)
