"""Settings: one typed model, read from a YAML file and the environment. Unknown keys are errors.

The environment wins over the file: `MERCURY_` and the path with double underscores, e.g. `MERCURY_API__PORT=9090`.
Secrets are never defaulted: what is not given is generated into `run_dir/secrets` (see ari_app.ops.secrets).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ari_app.dialer.addresses import Allowed
from ari_app.ops.engine_settings import EngineSettings
from ari_app.ops.policy_settings import PolicySettings
from ari_app.ops.scopes import ALL, Scope

PREFIX = "MERCURY_"
NOT_SETTINGS = frozenset({"MERCURY_ASTERISK_ROOT"})
"""Variables that are no settings: a folder of unpacked Debian packages to take Asterisk from (tests, packagers)."""
Port = Annotated[int, Field(ge=0, le=65535)]
"""A port; 0 has a free one chosen at start."""


class SettingsError(ValueError):
    """Settings that can't be used; the text names each key, what was expected and what came."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AsteriskSettings(_Section):
    """The Asterisk beside Mercury, and how to reach its ARI."""

    managed: bool = Field(True, description="Start and stop an Asterisk of our own; false: one runs already.")
    program: Path | None = Field(None, description="An asterisk 22.10.1 or newer; found or fetched when not given.")
    mirror: str = Field("", description="Debian mirror to fetch Asterisk from; the machine's own when not given.")
    ari_host: str = "127.0.0.1"
    ari_port: Port = 0
    ari_user: str = "mercury"
    ari_password: SecretStr | None = Field(
        None, description="Generated for a managed Asterisk; needed for one that is not."
    )
    application: str = Field("mercury", pattern=r"^[A-Za-z0-9_-]+$", description="Name of the Stasis application.")
    request_timeout_s: float = Field(3.0, gt=0, description="Deadline of each ARI request.")
    rtp_start: Port = Field(10000, description="First of Asterisk's RTP ports.")
    rtp_end: Port = Field(20000, description="Last of Asterisk's RTP ports.")


class SipSettings(_Section):
    """Asterisk's SIP listeners."""

    host: str = Field("127.0.0.1", description="Address that SIP and RTP listen on.")
    public_host: str | None = Field(None, description="Address that peers reach, where it differs (NAT).")
    udp_port: Port = 5060
    tcp_port: Port = 5060
    tls_port: Port = 5061
    tls_certificate: Path | None = Field(None, description="PEM; self-signed into the run folder when not given.")
    tls_key: Path | None = None


class ExotelSettings(_Section):
    """The Exotel vSIP trunk. Off until `account_sid`, `exophone` and `edges` are given."""

    account_sid: str = ""
    exophone: str = Field("", description="Caller id of outbound calls, +91…, registered with Exotel.")
    edges: tuple[str, ...] = Field(
        (), description="Exotel's signalling hosts, host or host:port; the first is dialled."
    )
    allow: tuple[str, ...] = Field((), description="Addresses and networks that calls are accepted from (CIDR).")
    transport: Literal["tcp", "tls"] = "tcp"
    port: Port = Field(0, description="Port of the edges where they name none; 0: 5070 over TCP, 443 over TLS.")
    tls_verify: bool = Field(True, description="Check the edges' certificates.")
    tls_ca: Path | None = Field(
        None, description="PEM of the authorities to check them by; the machine's when not given."
    )
    domain: str = Field("", description="From-domain of outbound calls; <account_sid>.pstn.exotel.com when not given.")
    username: str = Field("", description="For dynamic trunks with digest credentials.")
    password: SecretStr | None = None
    qualify_s: int = Field(0, ge=0, description="OPTIONS every so many seconds; 0 never (Exotel documents no answer).")

    @property
    def enabled(self) -> bool:
        """Whether the trunk has what it needs."""
        return bool(self.account_sid and self.exophone and self.edges)


class TestTrunkSettings(_Section):
    """A trunk on loopback for softphones, SIPp and the demo."""

    enabled: bool = True
    allow: tuple[str, ...] = Field(("127.0.0.1/32",), description="Addresses that may call in over it.")
    caller_id: str = "+910000000000"
    contacts: dict[str, str] = Field(
        default_factory=dict,
        description="Where numbers are dialled on this trunk: {+919…: '127.0.0.1:5080'}; ';transport=tcp' may follow.",
    )


class MediaSettings(_Section):
    """The media loop."""

    transport: Literal["rtp", "websocket"] = Field("rtp", description="How audio goes between Asterisk and Mercury.")
    format: Literal["alaw", "ulaw", "g722", "slin", "slin16"] = Field(
        "alaw", description="Asterisk's format of that audio; slin16 on the websocket alone."
    )
    rtp_host: str = Field("127.0.0.1", description="Where ExternalMedia's RTP reaches Mercury.")
    max_calls: int = Field(200, ge=1, description="Calls admitted at once; fewer than Asterisk's RTP ports / 4.")
    jitter_ms: int = Field(40, ge=20, le=200, description="Depth of the jitter buffer.")
    vad_aggressiveness: int = Field(3, ge=0, le=3)
    start_ms: int = Field(120, ge=20, le=200, description="Voiced audio within 200 ms that starts a turn.")
    end_silence_ms: int = Field(500, ge=100, description="Silence that ends a turn, unless the step says otherwise.")
    least_silence_ms: int = Field(300, ge=100, description="The same after an answer that is complete.")
    most_silence_share: float = Field(2.0, ge=1, description="Of that silence, after words that go on.")
    filler_after_ms: int = Field(
        1200, ge=0, description="What a caller waits for an answer before a few words are said; 0: however long."
    )
    lost_after_s: float = Field(15.0, gt=0, description="No RTP for so long, after some had come, ends the call.")
    record_calls: bool = Field(
        False,
        description="Keep a stereo recording of each call (caller left, agent right), where its flow says nothing.",
    )
    recording_format: Literal["wav", "flac", "opus"] = Field(
        "wav",
        description="Of recordings: flac takes a third of the room of wav; opus a sixth, and 25 times the CPU of flac.",
    )
    refuse_late_ms: float = Field(
        40.0, ge=0, description="No new call while the media loop's ticks are later than this (p99 of 2 s); 0: never."
    )
    admit_late_ms: float = Field(15.0, ge=0, description="New calls again once it has kept within this for calm_s.")
    calm_s: float = Field(5.0, ge=0.5, le=30, description="How long it must have kept within admit_late_ms.")

    @model_validator(mode="after")
    def _carried(self) -> Self:
        if (self.transport, self.format) == ("rtp", "slin16"):
            raise ValueError(
                "slin16 goes one way only over RTP (Asterisk drops what comes back): set transport: websocket"
            )
        return self


class ModelsSettings(_Section):
    """Where models are fetched from, when somebody asks for one."""

    hub: str = Field(
        "https://huggingface.co", pattern=r"^https?://[^\s?#]+$", description="A model hub of Hugging Face's layout."
    )
    token: SecretStr | None = Field(
        None, description="Its token, for models that want one; else secrets/models-token. Sent to the hub alone."
    )


class JupiterSettings(_Section):
    """The marketplace's backend."""

    base_url: str = Field("", description="Where lookups go; empty: none.")
    token: SecretStr | None = Field(None, description="Bearer token of Mercury's requests to Jupiter.")
    webhook_secret: SecretStr | None = Field(
        None,
        description="whsec_…, signs results; several, apart by spaces, to replace one. Generated when not given.",
    )
    timeout_s: float = Field(3.0, gt=0, description="Longest wait for a lookup.")
    breaker_failures: int = Field(5, ge=1, description="Failures in a row after which lookups are not tried.")
    breaker_open_s: float = Field(10.0, gt=0, description="How long they are not tried, before one goes ahead.")


class ServiceSettings(_Section):
    """A service beside Jupiter that flows look things up at, or send to."""

    url: str = Field(pattern=r"^https?://", description="Lookups go to URL/lookup/NAME, the rest to URL/submit/NAME.")
    token: SecretStr | None = Field(None, description="Bearer token of Mercury's requests. Generated when not given.")
    timeout_s: float = Field(3.0, gt=0, description="Longest wait for an answer.")
    breaker_failures: int = Field(5, ge=1, description="Failures in a row after which it is left alone.")
    breaker_open_s: float = Field(10.0, gt=0, description="How long it is left alone, before one request goes ahead.")


ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class TokenSettings(_Section):
    """A token of the REST interface, and what it lets its bearer do."""

    token: SecretStr | None = Field(None, description="Generated into run_dir/secrets/api-token-NAME when not given.")
    scopes: tuple[Scope, ...] = Field(min_length=1, description="Of calls, read, operate, recordings, transcripts.")
    masked: bool = Field(False, description="Numbers are masked in all that its bearer sees.")


TokenName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
_TOKENS = {
    "jupiter": TokenSettings(token=None, scopes=(Scope.CALLS, Scope.READ), masked=False),
    "operator": TokenSettings(token=None, scopes=tuple(sorted(ALL)), masked=False),
    "viewer": TokenSettings(token=None, scopes=(Scope.READ,), masked=True),
}


class ApiSettings(_Section):
    """The REST interface."""

    host: str = "127.0.0.1"
    port: Port = 8080
    token: SecretStr | None = Field(None, description="Bearer token with all scopes. Generated when not given.")
    tokens: dict[TokenName, TokenSettings] = Field(
        _TOKENS, description="Further tokens by their bearer's name; jupiter, operator and viewer unless given."
    )
    max_body_bytes: int = Field(2_097_152, ge=1024)
    max_batch: int = Field(1000, ge=1, le=10_000, description="Most calls in one request.")
    request_timeout_s: float = Field(15.0, gt=0, description="Longest time to read and to answer a request.")
    writes_per_s: float = Field(100.0, gt=0, description="Requests a second that change something, for each token.")
    writes_burst: int = Field(1200, ge=1, description="As many of them at once.")
    reads_per_s: float = Field(500.0, gt=0, description="Requests a second that only read, for each token.")
    reads_burst: int = Field(2000, ge=1, description="As many of them at once.")
    max_streams: int = Field(32, ge=1, description="Streams of events open at once.")


class DialerSettings(_Section):
    """Outbound calls."""

    calls_per_second: float = Field(3.3, gt=0, description="New calls a second on a trunk (Exotel: 200 a minute).")
    max_concurrent: int = Field(30, ge=1)
    ring_s: int = Field(45, ge=5, le=180)
    callback_retry_s: tuple[float, ...] = Field(
        (1, 2, 5, 10, 30, 60, 120, 300, 3600, 3600, 3600, 14400), description="Waits between deliveries of a result."
    )
    callback_timeout_s: float = Field(10.0, gt=0)
    callback_concurrency: int = Field(20, ge=1, description="Results being delivered at once.")
    callback_per_host: int = Field(6, ge=1, description="Of them to one receiver; one alone while it is in trouble.")
    callback_allow: tuple[str, ...] = Field(
        (), description="One's own network, to which results may go too: addresses, networks (CIDR), names of hosts."
    )
    queue_url: str = Field("", description="SQLAlchemy URL of the durable queue; empty: SQLite in the run folder.")
    queue_poll_s: float = Field(0.5, ge=0.05, description="How often the queue is looked at for a call to place.")
    sweep_s: float = Field(30.0, gt=0, description="How often committed work that was not handed over is looked for.")

    @field_validator("callback_allow")
    @classmethod
    def _addresses(cls, allow: tuple[str, ...]) -> tuple[str, ...]:
        Allowed(allow)
        return allow


class CallSettings(_Section):
    """Every call."""

    max_s: int = Field(900, ge=10, description="Longest call; the watchdog ends it.")
    setup_s: float = Field(10.0, gt=0, description="Longest from StasisStart to media.")
    fallback_number: str = Field("", description="Number that callers are told, or sent to, when Mercury is away.")
    overload: Literal["busy", "apology"] = Field(
        "busy", description="What callers get whom there is no room for: the busy tone (486), or words and a hang-up."
    )
    apology: dict[str, str] = Field(
        default_factory=dict, description="Those words by language, e.g. {en: …}; Mercury's own where none are given."
    )


class FlightSettings(_Section):
    """Flight logs: what `mercury replay` shows of a call, and replays."""

    enabled: bool = Field(True, description="Keep a flight log of each call (about 18 kB a minute).")
    words: bool = Field(
        False,
        description="Keep what was said and typed in them; kept in any case of recorded calls, and with log.reveal.",
    )
    days: float = Field(7.0, gt=0, description="How long they are kept.")
    most_mb: float = Field(1024.0, gt=0, description="The oldest go when all of them are more.")


class LogSettings(_Section):
    """Logs."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = True
    reveal: bool = Field(False, description="Write phone numbers and speech in full. Off: masked.")


class Settings(BaseSettings):
    """All of Mercury's settings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    node: str = Field("node-1", pattern=r"^[A-Za-z0-9-]+$", description="This node's name, in channel ids and records.")
    run_dir: Path = Field(Path(".mercury"), description="Everything written at run time.")
    cache_dir: Path = Field(
        default_factory=lambda: Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "mercury",
        description="What is fetched or rendered once: Asterisk, prompts.",
    )
    flows: Path = Field(Path("flows.yaml"), description="The flows file.")
    store_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the run folder.")
    asterisk: AsteriskSettings = AsteriskSettings()
    sip: SipSettings = SipSettings()
    exotel: ExotelSettings = ExotelSettings()
    test_trunk: TestTrunkSettings = TestTrunkSettings()
    media: MediaSettings = MediaSettings()
    engines: EngineSettings = Field(default_factory=EngineSettings)  # no default of values: a profile has its own
    models: ModelsSettings = ModelsSettings()
    jupiter: JupiterSettings = JupiterSettings()
    services: dict[ServiceName, ServiceSettings] = Field(
        default_factory=dict, description="Other services that flows ask and send to, by the names flows call them."
    )
    api: ApiSettings = ApiSettings()
    dialer: DialerSettings = DialerSettings()
    policy: PolicySettings = PolicySettings()
    calls: CallSettings = CallSettings()
    flights: FlightSettings = FlightSettings()
    log: LogSettings = LogSettings()

    @field_validator("services")
    @classmethod
    def _others(cls, services: dict[str, ServiceSettings]) -> dict[str, ServiceSettings]:
        if "jupiter" in services:
            raise ValueError("jupiter has a section of its own: set jupiter.base_url")
        return services

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over what the file says (passed as arguments)."""
        return env_settings, init_settings


def load_settings(file: Path | None = None) -> Settings:
    """Read `file` (YAML; none: all defaults) and the environment.

    Raises `SettingsError` naming each wrong key.
    """
    values = _read(file) if file else {}
    _refuse_unknown_environment()
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        problems = "\n".join(
            f"  {'.'.join(map(str, item['loc']))}: {item['msg']}"
            + (f" (got {item['input']!r})" if item["type"] != "missing" else "")
            for item in error.errors()
        )
        raise SettingsError(f"settings{f' in {file}' if file else ''} can't be used:\n{problems}") from error


def _read(file: Path) -> dict[str, object]:
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: not YAML: {error}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise SettingsError(f"{file}: expected a mapping of settings, got {type(values).__name__}")
    return values


def _refuse_unknown_environment() -> None:
    """pydantic-settings passes over variables that it does not know: a typing error would go unseen."""
    known = Settings.model_fields
    for name in os.environ:
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        key, _, rest = name.removeprefix(PREFIX).lower().partition("__")
        if key == "services" and rest:
            continue
        section = known[key].annotation if key in known else None
        nested = section.model_fields if isinstance(section, type) and issubclass(section, BaseModel) else None
        if section is None or (rest and (nested is None or rest.partition("__")[0] not in nested)):
            raise SettingsError(f"environment variable {name} is no setting; known: {', '.join(sorted(known))}")
