"""What a mind behind a network costs beside the network and the model: `python -m bench.remote_minds`.

A server that answers at once, in this process: until the first sentence that may be said is here, of an answer whose
second sentence never comes; and from leaving it until the server knows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from ari_app.calls.thinking import Thoughts
from bench.remote_voices import figures
from ivr_flows.commands import Fetch, Think
from media.llm.chat import OpenAiChat
from tests.standins.chat import chat_server, says

TIMES = 100
HISTORY = tuple(("caller" if n % 2 == 0 else "agent", "where is my food, and when does it come") for n in range(19))
THINK = Think("en", "You are Asha of the shop.", HISTORY, exits={"person": "They want a person.", "done": ""})


async def main() -> None:
    first, cpu, stopped = [], [], []
    async with chat_server(says("It is on its way. It comes", hang_after=7)) as server:
        mind = OpenAiChat(url=server.url, model="tiny")
        for _ in range(TIMES):
            server.left.clear()
            thoughts, start, worked = Thoughts([mind], THINK, nothing), time.perf_counter(), time.process_time()
            await thoughts.next()
            first.append(time.perf_counter() - start)
            cpu.append(time.process_time() - worked)
            start = time.perf_counter()
            await thoughts.close()
            await server.left.wait()
            stopped.append(time.perf_counter() - start)
        await mind.close()
    print(f"openai-chat: first sentence {figures(first)}, of which CPU (the server's, too) {figures(cpu)}")
    print(f"openai-chat: left, until the server knows {figures(stopped)}")


async def nothing(_: Fetch) -> Mapping[str, object]:
    return {}


if __name__ == "__main__":
    asyncio.run(main())
