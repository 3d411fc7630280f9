from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from ari_app.api.described import Nothing
from ari_app.api.openapi import document
from ari_app.api.route import Route
from ari_app.api.routes import routes
from ari_app.api.streaming import Streams
from ari_app.ops.settings import ApiSettings
from tests.ari_app.api.conftest import Api


async def described(api: Api) -> dict[str, Any]:
    async with aiohttp.ClientSession(api.url) as http, http.get("/openapi.json") as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found


async def test_the_document_is_valid_openapi_3_1(api: Api) -> None:
    document = await described(api)
    OpenAPIV31SpecValidator(document).validate()
    assert document["info"]["version"] == "1.2.3"


def table() -> tuple[Route, ...]:
    nothing: Any = Nothing()
    return routes(nothing, ApiSettings.model_validate({}), Streams(nothing, 1))


async def test_every_operation_is_described(api: Api) -> None:
    paths = (await described(api))["paths"]
    assert {(method, path) for path, operations in paths.items() for method in operations} == {
        (route.method.lower(), route.path) for route in table()
    }
    assert ("post", "/api/voice/calls/{id}/cancel") in {(route.method.lower(), route.path) for route in table()}
    assert paths["/healthz"]["get"]["security"] == []
    assert paths["/admin/calls/active"]["get"]["security"] == [{"token": []}]
    assert "`calls`" in paths["/api/voice/call/initiate"]["post"]["description"]


def test_operations_have_names_of_their_own() -> None:
    names = [route.operation_id for route in table()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("route", table(), ids=lambda route: f"{route.method} {route.path}")
def test_every_operation_has_examples_that_are_true(route: Route) -> None:
    if route.body:
        route.body.model_validate(route.body_example)
    if route.answer:
        given = route.answer.model_validate(route.example)
        told = json.loads(given.model_dump_json(by_alias=True))
        assert set(route.example) <= set(told)


def test_the_file_in_docs_is_what_is_served() -> None:
    kept = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
    assert kept == document(table(), version("mercury")), "run: mercury openapi > docs/openapi.json"


async def test_query_parameters_are_described(api: Api) -> None:
    parameters = (await described(api))["paths"]["/api/voice/calls"]["get"]["parameters"]
    names = {parameter["name"]: parameter for parameter in parameters}
    assert names["from"]["in"] == "query"
    assert names["limit"]["schema"]["maximum"] == 200
    assert not any(parameter["required"] for parameter in parameters)


async def test_the_names_are_those_on_the_wire(api: Api) -> None:
    schemas = (await described(api))["components"]["schemas"]
    for name in ("InitiateCall", "CallView", "CallSummary", "ActiveCall"):
        properties = schemas[name]["properties"]
        assert isinstance(properties, dict)
        assert "from" in properties
        assert "caller" not in properties


async def test_every_reference_leads_somewhere(api: Api) -> None:
    document = await described(api)
    names = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert "Problem" in names
