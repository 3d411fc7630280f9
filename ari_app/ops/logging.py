"""Structured logs: one line an event, one call id through all parts, numbers and speech masked unless asked for."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from ari_app.ops.settings import LogSettings

_NUMBER = re.compile(r"(?<![\w.:-])\+?\d{6,15}(?![\w.:-])")
_SPEECH_KEYS = frozenset({"text", "heard", "said", "transcript"})
_PHONE_KEYS = frozenset({"to", "from", "caller", "callee", "number"})


def mask_number(number: str) -> str:
    """`+919812345678` → `+91******5678`: enough to tell two calls apart, too little to dial."""
    digits = number.lstrip("+")
    if len(digits) < 6:
        return number
    keep = 2 if number.startswith("+") else 0
    hidden = len(digits) - keep - 4
    return ("+" if number.startswith("+") else "") + digits[:keep] + "*" * hidden + digits[-4:]


def mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that hides numbers and what people said."""
    for key, value in event.items():
        if not isinstance(value, str):
            continue
        if key in _SPEECH_KEYS and value:
            event[key] = f"<{len(value)} characters>"
        elif key in _PHONE_KEYS:
            event[key] = mask_number(value)
        else:
            event[key] = _NUMBER.sub(lambda match: mask_number(match[0]), value)
    return event


def configure_logging(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's records to `stream` (standard error) as JSON lines or for people."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    if not settings.reveal:
        shared.append(mask_event)
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.json_lines
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of one module, with the call's id bound where there is a call (structlog.contextvars)."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
