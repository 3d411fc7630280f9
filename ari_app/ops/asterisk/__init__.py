"""An Asterisk of our own: found or fetched, configured from the settings, started, stopped. None of it needs root."""

from ari_app.ops.asterisk.endpoints import Endpoints, choose_endpoints
from ari_app.ops.asterisk.errors import AsteriskError
from ari_app.ops.asterisk.install import ensure_asterisk
from ari_app.ops.asterisk.installation import Installation
from ari_app.ops.asterisk.process import AsteriskProcess
from ari_app.ops.asterisk.render import render, write_configuration
from ari_app.ops.asterisk.run_folder import PreparedAsterisk, prepare_asterisk

__all__ = [
    "AsteriskError",
    "AsteriskProcess",
    "Endpoints",
    "Installation",
    "PreparedAsterisk",
    "choose_endpoints",
    "ensure_asterisk",
    "prepare_asterisk",
    "render",
    "write_configuration",
]
