from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from load.guard import Intent, contact_address, refusals

HERE = Intent({"127.0.0.1": ["127.0.0.1"]}, calls=20, rate=2, at_once=20, takes_s=60, own_hosts=("127.0.0.1",))
NUMBER = "+919845000001"


def test_this_machine_and_a_private_network_need_no_word() -> None:
    assert refusals(HERE) == []
    assert refusals(replace(HERE, hosts={"pbx.shop": ["10.1.2.3"], "192.168.7.7": ["192.168.7.7"]})) == []


@pytest.mark.parametrize("address", ["8.8.8.8", "203.0.114.9", "0.0.0.0"])  # noqa: S104 - none is bound
def test_other_addresses_need_the_host_named(address: str) -> None:
    asked = replace(HERE, hosts={"voice.example": [address]})
    assert "--i-may-load voice.example" in refusals(asked)[0]
    assert refusals(replace(asked, confirmed=["voice.example"])) == []
    assert refusals(replace(asked, confirmed=["other.example"])) != []


def test_one_public_address_among_private_ones_is_enough_to_refuse() -> None:
    assert len(refusals(replace(HERE, hosts={"both.example": ["10.0.0.1", "8.8.8.8"]}))) == 1


def test_a_host_without_an_address_is_refused() -> None:
    assert refusals(replace(HERE, hosts={"nowhere.invalid": []})) == ["nowhere.invalid has no address"]


@pytest.mark.parametrize("field", ["calls", "rate", "at_once", "takes_s"])
def test_much_needs_to_be_meant(field: str) -> None:
    changes: dict[str, Any] = {field: 100_000}
    asked = replace(HERE, **changes)
    assert len(refusals(asked)) == 1
    assert refusals(replace(asked, confirmed=["127.0.0.1"])) == []


@pytest.mark.parametrize(
    ("contacts", "said"),
    [
        (None, "not known"),
        ({}, "telephone network"),
        ({"+919845000002": "127.0.0.1:5080"}, "telephone network"),
        ({NUMBER: "10.9.9.9:5080"}, "expected a contact at this machine"),
    ],
)
def test_a_number_that_no_phone_here_answers_is_never_called(contacts: dict[str, str] | None, said: str) -> None:
    asked = replace(HERE, dialled=[NUMBER], contacts=contacts, confirmed=["127.0.0.1"])
    assert said in refusals(asked)[0]


def test_a_number_with_a_contact_here_is_called() -> None:
    assert refusals(replace(HERE, dialled=[NUMBER], contacts={NUMBER: "127.0.0.1:5080;transport=udp"})) == []


def test_a_contact_has_an_address() -> None:
    assert contact_address("10.0.0.1:5080;transport=tcp") == ("10.0.0.1", 5080)
    assert contact_address("phone.lan") == ("phone.lan", 5060)
