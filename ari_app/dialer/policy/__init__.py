"""Policy before dialling: may this number be rung now, from this caller id, for this purpose? Pure.

A call is `Asked` for, the records give `PolicyFacts`, the settings a `Policy`; `judge` makes a `Verdict` of them.
"""

from ari_app.dialer.policy.judging import judge, static
from ari_app.dialer.policy.model import (
    Allowed,
    Asked,
    Code,
    Policy,
    PolicyFacts,
    Postponed,
    Purpose,
    Refused,
    Verdict,
)
from ari_app.dialer.policy.reading import PolicyError, read_policy

__all__ = [
    "Allowed",
    "Asked",
    "Code",
    "Policy",
    "PolicyError",
    "PolicyFacts",
    "Postponed",
    "Purpose",
    "Refused",
    "Verdict",
    "judge",
    "read_policy",
    "static",
]
