"""The composition root: what Mercury is made of, in the order of its starting, and how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from threadpoolctl import threadpool_limits

from ari_app import ari
from ari_app.api.callers import callers_of
from ari_app.api.dependencies import Dependencies
from ari_app.api.server import ApiServer, create_api
from ari_app.beside import Say, keep, start_asterisk, until_connected
from ari_app.calls.ari_switch import AriSwitch
from ari_app.calls.controls import Controls
from ari_app.calls.desk import CallDesk
from ari_app.calls.equipment import Equipper
from ari_app.calls.ids import new_call_id
from ari_app.calls.leftovers import bury, left_over
from ari_app.calls.library import files_of
from ari_app.calls.resuming import Resuming
from ari_app.calls.services import Services
from ari_app.calls.switchboard import Switchboard
from ari_app.calls.trunks import Trunks, trunk_names
from ari_app.dialer.dialer import Dialer
from ari_app.dialer.gate import PolicyGate
from ari_app.dialer.membership import Membership
from ari_app.dialer.policy.reading import read_policy
from ari_app.engines import Engines, Generations
from ari_app.engines.exchange import Exchange
from ari_app.engines.generations import settle
from ari_app.engines_told import EnginesTold
from ari_app.health import Catalog, Health
from ari_app.jupiter.services import Services as Backends
from ari_app.jupiter.services import load_served, services_of
from ari_app.ops.asterisk import Endpoints
from ari_app.ops.file_digest import FileDigest
from ari_app.ops.logging import configure_logging, get_logger
from ari_app.ops.running import Running, forget_running, write_running
from ari_app.ops.secrets import load_secrets, secrets_dir
from ari_app.ops.settings import ApiSettings, AsteriskSettings, MediaSettings, Settings
from ari_app.publishing import Publishing
from ari_app.store.calls import CallStore, FencedError
from ari_app.store.location import queue_url, store_url
from ivr_flows.book import FlowBook
from media.audio.codecs.registry import on_rtp, on_websocket
from media.audio.recording_files import finish_orphans
from media.clock import Clock, MonotonicClock
from media.dialog.options import Options
from media.dialog.plane import MediaPlane
from media.flight.folder import FlightFolder
from media.flight.writer import FlightWriter
from media.transport.protocol import Transports
from media.transport.rtp import RtpPorts
from media.transport.websocket import Websockets
from media.turn.expectation import Manner

_log = get_logger(__name__)
_DRAIN_S = 20.0
_PLACE_WAIT_S = 30.0


async def serve(settings: Settings, say: Say, read_again: Callable[[], Settings]) -> None:
    """Run until SIGINT or SIGTERM; then take no more calls, let the live ones end, and stop all that was started.

    `read_again` reads the settings once more, when their engines are to be taken as edited.
    """
    configure_logging(settings.log)
    threadpool_limits(limits=1, user_api="blas")  # more threads would spin against the ticker
    stop = _Stop(say)
    try:
        async with _running(settings, say, stop, read_again) as running:
            stop.started()
            write_running(settings.run_dir, running)
            for line in _welcome(running, settings):
                say(line)
            try:
                await stop.asked.wait()
            finally:
                forget_running(settings.run_dir)
    except asyncio.CancelledError:
        if not stop.asked.is_set():
            raise
    if stop.reason:
        raise LeadershipLostError(stop.reason)


class LeadershipLostError(Exception):
    """Another process took over the Stasis application; to take it back would be a tug of war."""


class _Stop:
    """What ends the start, or the running: SIGINT, SIGTERM, or another process that takes over the application."""

    def __init__(self, say: Say) -> None:
        self.asked = asyncio.Event()
        self.reason = ""
        self._starting = asyncio.current_task()
        self._say = say
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._ask)

    @property
    def patience_s(self) -> float:
        """How long live calls may go on: not at all without Asterisk's events."""
        return 0.0 if self.reason else _DRAIN_S

    def started(self) -> None:
        """From now on a signal lets live calls end."""
        self._starting = None

    def disconnected(self, loss: ari.Loss) -> None:
        """The connection to ARI is lost: it comes back, unless another process has taken the application."""
        if loss.replaced:
            self.reason = "another process took over the Stasis application: run one Mercury for each application"
            _log.error("ari.replaced")
            self._ask()

    def fenced(self, error: FencedError) -> None:
        """The records take nothing more from this process: a peer has what it had, or a second one took its name."""
        if not self.reason:
            self.reason = f"{error}: what this process had was taken over"
            _log.error("node.fenced", error=str(error))
            self._ask()

    def _ask(self) -> None:
        if self.asked.is_set():
            return
        self.asked.set()
        if self._starting:
            self._starting.cancel()
        else:
            self._say("Stopping: no new calls, live ones may end")


@asynccontextmanager
async def _running(
    settings: Settings, say: Say, stop: _Stop, read_again: Callable[[], Settings]
) -> AsyncIterator[Running]:
    """Everything, started; stopped in the opposite order."""
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    secrets = load_secrets(settings)
    load = partial(load_served, settings)
    book, taken = _read(load, settings.flows)
    clock = MonotonicClock()
    async with AsyncExitStack() as stack:
        async with asyncio.TaskGroup() as starting:
            asterisk = starting.create_task(start_asterisk(settings, secrets, say, stack))
            engines_started = starting.create_task(Engines.start(settings, book, say, clock))
            opened = starting.create_task(CallStore.open(store_url(settings), node=settings.node))
        endpoints, process = asterisk.result()
        generations, store = Generations(engines_started.result()), opened.result()
        stack.push_async_callback(store.close)
        stack.push_async_callback(generations.close)

        gate = PolicyGate(read_policy(settings.policy))
        store.charge_by(gate.charge)
        membership = await _join(store, settings.node, stop, stack)
        publishing = Publishing(settings, store, generations, read=(book, taken), load=load)
        await publishing.begin()

        backends = Backends(services_of(settings, secrets), clock)
        stack.push_async_callback(backends.close)
        media = _media(settings.media, endpoints, clock, stack)
        flights = _flights(settings, clock, stack)
        await _finish_recordings(settings.run_dir / "recordings")
        client = await _client(settings.asterisk, endpoints.ari_url, secrets.ari_password, stack)
        switch = AriSwitch(client, settings.asterisk.application)
        desk = CallDesk(
            Services(
                settings=settings,
                store=store,
                flows=publishing.library.current,
                switch=switch,
                engines=Equipper(generations, media, lambda: publishing.library.edition().understanding),
                backends=backends,
                clock=clock,
                certain=membership.certain,
                flights=flights,
                apologies=publishing.apologies,
                lateness_ms=lambda last_s: media.ticker.lateness.p99_ms(last_s, clock.now()),
            )
        )
        controls = Controls(store, lambda: desk.live, settings.node, lambda: datetime.now(UTC))
        stack.callback(asyncio.create_task(controls.run(), name="controls").cancel)
        leftovers = await left_over(store, settings.node)
        resuming = Resuming(settings.node, desk, desk.assembly.written, leftovers.begun)
        switchboard = Switchboard(client, desk, switch, settings.node, resuming)
        client.on_disconnect(stop.disconnected)
        client.start()
        await until_connected(client, say)
        dialer = Dialer(
            settings.dialer,
            store=store,
            place=desk.place,
            ready=partial(_ready, client, desk, membership.certain),
            gate=gate,
            trunks=trunk_names(settings),
            node=settings.node,
            queue_url=queue_url(settings),
            webhook_secrets=(secrets.webhook_secret,),
        )
        membership.on_lost = dialer.take_over
        await bury(resuming.open, leftovers.undialled, desk, dialer.resume, switch)
        await dialer.start()
        stack.push_async_callback(dialer.close)
        stack.push_async_callback(switchboard.close)
        stack.push_async_callback(lambda: desk.close(stop.patience_s))
        if process is not None:
            stack.callback(asyncio.create_task(keep(process, switchboard, say), name="asterisk keeper").cancel)

        told = EnginesTold(generations, _exchange(generations, read_again, publishing, clock, stack))
        api_url = await _serve_api(
            Dependencies(
                store=store,
                control=controls.control,
                flows=Catalog(publishing.library.current),
                reload_flows=publishing.library.reload,
                enqueue=dialer.enqueue,
                check_url=dialer.hosts.check_url,
                look_up=dialer.hosts.look_up,
                engines=told,
                health=Health(
                    client,
                    store,
                    publishing.library,
                    desk,
                    engines=generations.states,
                    generations=told.check,
                    prompts=lambda: generations.current.engines.voice.figures,
                ).checks,
                token=secrets.api_token,
                new_id=new_call_id,
                caller_id=settings.exotel.exophone or settings.test_trunk.caller_id,
                reveal=settings.log.reveal,
                callers=callers_of(settings.api, secrets),
                node=settings.node,
                recordings=settings.run_dir / "recordings",
                clock=clock,
                trunk_of=Trunks(settings).reaching,
                refuse=gate.refuse,
            ),
            settings.api,
            stack,
        )
        stack.callback(asyncio.create_task(publishing.library.watch(), name="flows watch").cancel)
        settle()
        yield _addresses(settings, endpoints, api_url)


def _read(load: Callable[[Path], FlowBook], path: Path) -> tuple[FlowBook, str]:
    """The flows, and what tells them from an edit of theirs."""
    book = load(path)
    return book, FileDigest().of(files_of(book, path))


def _exchange(
    generations: Generations, read: Callable[[], Settings], publishing: Publishing, clock: Clock, stack: AsyncExitStack
) -> Exchange:
    exchange = Exchange(generations, read, publishing.take, clock)
    stack.push_async_callback(exchange.close)
    return exchange


async def _client(asterisk: AsteriskSettings, url: str, password: str, stack: AsyncExitStack) -> ari.Client:
    client = await ari.connect(
        url,
        asterisk.ari_user,
        password,
        app=asterisk.application,
        options=ari.Options(request_timeout_s=asterisk.request_timeout_s),
    )
    stack.push_async_callback(client.close)
    return client


async def _serve_api(dependencies: Dependencies, settings: ApiSettings, stack: AsyncExitStack) -> str:
    """Serve it: its base URL."""
    server = ApiServer(create_api(dependencies, settings, version=version("mercury")), settings)
    url = await server.start()
    stack.push_async_callback(server.close)
    return url


async def _join(store: CallStore, node: str, stop: _Stop, stack: AsyncExitStack) -> Membership:
    """Begin this node's life among those that share the records."""
    membership = Membership(store, node)
    store.on_fenced(stop.fenced)
    await store.join()
    membership.start()
    stack.push_async_callback(membership.close)
    return membership


def _media(settings: MediaSettings, endpoints: Endpoints, clock: Clock, stack: AsyncExitStack) -> MediaPlane:
    plane = MediaPlane(
        clock=clock,
        transports=_transports(settings, endpoints, clock),
        options=_options(settings),
    )
    stack.push_async_callback(plane.close)
    return plane


def _transports(media: MediaSettings, endpoints: Endpoints, clock: Clock) -> Transports:
    """How the calls' media reach Asterisk."""
    if media.transport == "websocket":
        server = endpoints.ari_url.removesuffix("/ari")
        return Websockets(server, clock, on_websocket(media.format), jitter_ms=media.jitter_ms)
    return RtpPorts(clock, host=media.rtp_host, codec=on_rtp(media.format), jitter_ms=media.jitter_ms)


async def _ready(client: ari.Client, desk: CallDesk, certain: Callable[[], bool]) -> None:
    """Wait until a call may be dialled: Asterisk is there, this node has room, and no peer may be about to take over.

    `TimeoutError`: not within the patience of one look; the dialer looks again.
    """
    try:
        await client.wait_connected(_PLACE_WAIT_S)
    except TimeoutError as error:
        raise TimeoutError(f"Asterisk was away for {_PLACE_WAIT_S:g} s") from error
    await desk.room()
    if not certain():
        raise TimeoutError("the records could not be told that this node lives")


async def _finish_recordings(folder: Path) -> None:
    """What a crash left of recordings is put in its place, as far as it can be played."""
    for path, playable_s in await asyncio.to_thread(lambda: list(finish_orphans(folder))):
        if playable_s:
            _log.warning("recording.cut_short", path=str(path), playable_s=round(playable_s, 1))
        else:
            _log.error("recording.unreadable", path=str(path))


def _flights(settings: Settings, clock: Clock, stack: AsyncExitStack) -> FlightWriter | None:
    kept = settings.flights
    if not kept.enabled:
        return None
    writer = FlightWriter(FlightFolder(settings.run_dir / "flights", kept.days, kept.most_mb), clock)
    stack.push_async_callback(asyncio.to_thread, writer.close)
    return writer


def _addresses(settings: Settings, endpoints: Endpoints, api_url: str) -> Running:
    host = settings.sip.public_host or endpoints.sip_host
    return Running(
        pid=os.getpid(),
        api_url=api_url,
        token_file=(secrets_dir(settings.run_dir) / "api-token").absolute(),
        sip_udp=f"{host}:{endpoints.udp_port}",
        sip_tcp=f"{host}:{endpoints.tcp_port}",
        sip_tls=f"{host}:{endpoints.tls_port}",
        ari_url=endpoints.ari_url,
    )


def _welcome(running: Running, settings: Settings) -> Sequence[str]:
    return (
        f"Call      sip:+918047112233@{running.sip_udp}  (UDP; TCP the same, TLS {running.sip_tls})",
        f"API       {running.api_url}  (documents itself at /openapi.json)",
        f"Token     in {running.token_file}",
        f"Run folder {Path(settings.run_dir).absolute()}",
        "Ctrl-C drains and stops it.",
    )


def _options(media: MediaSettings) -> Options:
    return Options(
        manner=Manner(start_ms=media.start_ms),
        least_silence_ms=media.least_silence_ms,
        most_silence_share=media.most_silence_share,
        lost_after_s=media.lost_after_s,
    )
