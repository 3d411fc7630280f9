"""Our own Asterisk, really started."""

from __future__ import annotations

import aiohttp
import pytest

from tests.running_asterisk import RunningAsterisk

pytestmark = pytest.mark.asterisk


async def test_every_module_of_the_list_runs(asterisk: RunningAsterisk) -> None:
    lines = (await asterisk.cli("module show")).splitlines()
    running = {line.split()[0] for line in lines if " Running " in line and "Not Running" not in line}
    assert [name for name in asterisk.prepared.modules if name not in running] == []


@pytest.mark.parametrize(("password", "status"), [(None, 200), ("wrong", 401), ("", 401)])
async def test_ari_knows_its_password(asterisk: RunningAsterisk, password: str | None, status: int) -> None:
    given = asterisk.secrets.ari_password if password is None else password
    headers = {"Authorization": aiohttp.encode_basic_auth(asterisk.settings.asterisk.ari_user, given)}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.get(asterisk.endpoints.ari_url + "/asterisk/info") as response,
    ):
        assert response.status == status
