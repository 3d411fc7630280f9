"""The flows are taken as edited, or the operator reads what is wrong with them."""

from __future__ import annotations

from ivr_flows.problems import Problem
from tests.ari_app.api.conftest import Api


async def test_flows_are_reloaded_and_told_before_and_after(api: Api) -> None:
    async with api.http.post("/admin/flows/reload") as response:
        assert response.status == 200
        assert await response.json() == {
            "flows": [
                {"name": "vendor_confirmation", "before": "f00d", "after": "beef"},
                {"name": "rider", "before": "", "after": "cafe"},
            ]
        }


async def test_a_file_with_mistakes_is_refused_with_every_place(api: Api) -> None:
    api.problems.extend(
        [Problem("flows.yaml", 3, 5, "no-step", "no step x"), Problem("more.yaml", 9, 1, "value", "expected a time")]
    )
    async with api.http.post("/admin/flows/reload") as response:
        assert response.status == 422
        told = await response.json(content_type=None)
    assert [(error["field"], error["message"]) for error in told["errors"]] == [
        ("flows.yaml:3:5", "no step x"),
        ("more.yaml:9:1", "expected a time"),
    ]
