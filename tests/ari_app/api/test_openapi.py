from __future__ import annotations

import re
from typing import Any

import aiohttp
from openapi_spec_validator import OpenAPIV31SpecValidator

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


async def test_every_operation_is_described(api: Api) -> None:
    paths = (await described(api))["paths"]
    assert {(method, path) for path, operations in paths.items() for method in operations} == {
        ("post", "/api/voice/call/initiate"),
        ("get", "/api/voice/calls/{id}"),
        ("get", "/api/voice/calls/{id}/events"),
        ("get", "/admin/calls/active"),
        ("post", "/admin/flows/reload"),
        ("get", "/healthz"),
    }
    assert paths["/healthz"]["get"]["security"] == []
    assert paths["/admin/calls/active"]["get"]["security"] == [{"token": []}]


async def test_the_names_are_those_on_the_wire(api: Api) -> None:
    schemas = (await described(api))["components"]["schemas"]
    for name in ("InitiateCall", "CallView", "ActiveCall"):
        properties = schemas[name]["properties"]
        assert isinstance(properties, dict)
        assert "from" in properties
        assert "caller" not in properties


async def test_every_reference_leads_somewhere(api: Api) -> None:
    document = await described(api)
    names = set(re.findall(r"'#/components/schemas/(\w+)'", str(document)))
    assert names <= set(document["components"]["schemas"])
    assert "Problem" in names
