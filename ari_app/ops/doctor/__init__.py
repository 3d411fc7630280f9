"""What this machine and these settings have and lack, and what to do about it. It looks, and changes nothing."""

from ari_app.ops.doctor.check import Check, Status
from ari_app.ops.doctor.run import run_checks

__all__ = ["Check", "Status", "run_checks"]
