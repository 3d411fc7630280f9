"""Every type has a value worth trying."""

from __future__ import annotations

import pytest

from ivr_flows.model.values import Type, Value, check_value
from ivr_flows.paths.values import mixes
from tests.ivr_flows.everything import flow

SPECS = {kind: Value(type=kind) for kind in Type if kind is not Type.CHOICE} | {
    Type.CHOICE: Value(type=Type.CHOICE, words={"big": {"en": "big"}, "small": {"en": "small"}})
}


@pytest.mark.parametrize("kind", Type)
def test_a_value_of_each_type(kind: Type) -> None:
    ((found,),) = (mix.values() for mix in mixes(flow("looping"), {"it": SPECS[kind]}))
    checked = check_value("it", SPECS[kind], found)
    assert check_value("it", SPECS[kind], checked) == checked
