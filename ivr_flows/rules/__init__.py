"""The rules of the flow language, one a file: each file here holds one `Rule`, and is found by itself."""

from importlib import import_module
from pkgutil import iter_modules

from ivr_flows.lint.rule import Rule


def _all() -> tuple[Rule, ...]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Rule))


RULES = _all()
"""Every rule, by the names of their files."""

__all__ = ["RULES", "Rule"]
