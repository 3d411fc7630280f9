"""The shop's own flows, for tests that walk them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ivr_flows.book import FlowBook
from ivr_flows.loader import load_flows
from ivr_flows.simulator import Simulator
from ivr_flows.world import World

FLOWS = Path(__file__).parents[2] / "flows.yaml"
ORDER = {
    "order_id": "12345",
    "vendor": "शर्मा स्वीट्स",
    "items": ["2 पनीर टिक्का", "1 नान", "1 रायता"],
    "total": "1250.50",
}
TRIP = {"trip_id": "T-77", "pickup": "शर्मा स्वीट्स", "drop": "एमजी रोड", "distance": "4.5", "pay": 62}
SUPPORT = {"person": "+918047112200"}
JUPITER = World(
    {"order_status": lambda asked: {"status": "on_the_way", "minutes": 12} if asked["order_id"] == "4321" else None}
)


@cache
def book() -> FlowBook:
    return load_flows(FLOWS)


def vendor(language: str = "hi", world: World | None = None) -> Simulator:
    return Simulator(book().flows["vendor_confirmation"], ORDER, language, world=world)


def rider(language: str = "hi", world: World | None = None) -> Simulator:
    return Simulator(book().flows["rider_assignment"], TRIP, language, world=world)


def customer(language: str = "", world: World = JUPITER) -> Simulator:
    return Simulator(book().flows["customer_support"], SUPPORT, language, caller="+919812345678", world=world)
