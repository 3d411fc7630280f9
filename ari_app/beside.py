"""The Asterisk beside Mercury: started or adopted, waited for, and started again when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from ari_app import ari
from ari_app.calls.switchboard import Switchboard
from ari_app.ops.asterisk import AsteriskProcess, Endpoints, choose_endpoints, ensure_asterisk, prepare_asterisk
from ari_app.ops.logging import get_logger
from ari_app.ops.secrets import Secrets
from ari_app.ops.settings import Settings

_log = get_logger(__name__)
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0
_RESTART_S = (0.5, 1, 2, 5, 10)
Say = Callable[[str], None]


async def start_asterisk(
    settings: Settings, secrets: Secrets, say: Say, stack: AsyncExitStack
) -> tuple[Endpoints, AsteriskProcess | None]:
    """Where Asterisk is, and its process where it is ours to keep."""
    if not settings.asterisk.managed:
        return choose_endpoints(settings), None
    installation = await asyncio.to_thread(ensure_asterisk, settings.cache_dir, settings.asterisk, say)
    prepared = await asyncio.to_thread(prepare_asterisk, settings, secrets, installation)
    process = AsteriskProcess(prepared, settings.asterisk.ari_user, secrets.ari_password)
    took_s = await process.start()
    stack.push_async_callback(process.stop)
    say(f"Asterisk {installation.version} is up ({took_s:.1f} s)")
    return prepared.endpoints, process


async def until_connected(client: ari.Client, say: Say) -> None:
    """An Asterisk of somebody else's may come up later than Mercury."""
    wait_s = _FIRST_WAIT_S
    while True:
        try:
            return await client.wait_connected(wait_s)
        except TimeoutError:
            say("Asterisk is away: waiting for its ARI")
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


async def keep(process: AsteriskProcess, switchboard: Switchboard, say: Say) -> None:
    """Have Asterisk run: when it ends, its calls are ended, and it is started again."""
    while True:
        status = await process.wait()
        _log.error("asterisk.ended", status=status)
        say(f"Asterisk ended (status {status}); starting it again")
        switchboard.asterisk_gone()
        for pause in (*_RESTART_S, _RESTART_S[-1]):
            await asyncio.sleep(pause)
            try:
                await process.start()
                break
            except Exception as error:  # a task root: Asterisk is tried again
                _log.exception("asterisk.not_started", error=str(error))
