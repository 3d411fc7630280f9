"""Pages of lists: opaque tokens that say where the next one begins, and of which list."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence

from ari_app.api.problem import FieldError, invalid


def page_token(place: Sequence[str], filters: str) -> str:
    """A token for the page after `place`, of the list with these filters."""
    text = json.dumps([*place, _short(filters)], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_page_token(token: str, filters: str, length: int) -> tuple[str, ...]:
    """The place in a token. Raises a problem for one that is not ours, or of a list with other filters."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, ValueError):
        parts = None
    if not isinstance(parts, list) or len(parts) != length + 1 or not all(isinstance(part, str) for part in parts):
        raise invalid([FieldError(field="page", message="expected the token that `next` of the page before gave")])
    if parts[-1] != _short(filters):
        raise invalid([FieldError(field="page", message="is of a list with other filters: begin with its first page")])
    return tuple(parts[:-1])


def _short(filters: str) -> str:
    return hashlib.sha256(filters.encode()).hexdigest()[:12]
