"""The choice of a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from ivr_flows.model.base import Key, Language, Name
from ivr_flows.model.steps.base import Question


class LanguageStep(Question):
    """Has the caller choose a language, by key or by its name; the question is put in each of them, in this order.

    What else is said is taken for a choice where a recogniser tells its language.
    """

    language: Annotated[Mapping[Language, Key], Field(min_length=2)]
    next: Name
