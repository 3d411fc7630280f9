"""The page: everything that can be written in a flows file, the rules that it is checked by, and the tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ivr_flows.model.base import Language
from ivr_flows.model.steps import KINDS, Question, StepBase
from ivr_flows.model.values import EXPECTED, Type, Value
from ivr_flows.prompts.wording import spoken
from ivr_flows.reference.examples import CHOICE, STEPS, VALUES
from ivr_flows.reference.parts import anchor, meaning, table, title_of
from ivr_flows.rules import RULES
from ivr_flows.schema import json_schema

_LANGUAGES: Sequence[Language] = ("hi", "mr", "en")
_HEAD = """\
# The flow language: reference

All that can be written in a flows file. This page is made from the model that reads the files, by
`mercury flows reference > docs/flows-reference.md`; a test holds the two together. How to write flows is told in
[flows.md](flows.md).

Words in bold must be given. A *name* has small letters, digits and `_`; a *time* has its unit (`5s`, `800ms`, `2m`);
a *key* is `0`-`9`, `*` or `#`, in quotes. Texts are what they look like: nothing needs quotes but what YAML itself
would take for something else.
"""
_IN_EVERY_STEP = "In every step"
_IN_EVERY_QUESTION = "In every question"


@dataclass(frozen=True, slots=True)
class Tool:
    """A command: how it is called, and its help."""

    usage: str
    help: str


def reference(tools: Sequence[Tool]) -> str:
    """The whole page, as Markdown."""
    schema = json_schema()
    lines = [
        _HEAD,
        *_contents(),
        *_section("The file", schema),
        *_parts(schema["$defs"], ("RouteSpec", "HoursSpec", "FlowBody")),
        *_steps(schema["$defs"]),
        *_parts(schema["$defs"], _others(schema["$defs"]), level=3, under="Parts of these"),
        *_types(),
        *_rules(),
        *_tools(tools),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _contents() -> Iterator[str]:
    for title in ("The file", "Route", "Hours", "Flow", "Steps", "Parts of these", "Types", "Rules", "Tools"):
        yield f"- [{title}](#{anchor(title)})"
    yield ""


def _section(title: str, part: dict[str, Any], level: int = 2) -> Iterator[str]:
    yield f"{'#' * level} {title}\n\n{meaning(part)}\n"
    yield from table(part)
    yield ""


def _parts(parts: dict[str, Any], names: Sequence[str], level: int = 2, under: str = "") -> Iterator[str]:
    if under:
        yield f"## {under}\n"
    for name in names:
        title = title_of(name)
        yield from _section(title.capitalize() if level == 2 else title, parts[name], level)


def _others(parts: dict[str, Any]) -> list[str]:
    told = {kind.__name__ for kind in KINDS.values()} | {"RouteSpec", "HoursSpec", "FlowBody", "Type"}
    return sorted(name for name in parts if name not in told)


def _steps(parts: dict[str, Any]) -> Iterator[str]:
    yield "## Steps\n\nWhat a call does, one step after the other. The word in the heading tells a step's kind.\n"
    common, asked = set(StepBase.model_fields), set(Question.model_fields)
    for title, words in ((_IN_EVERY_STEP, common), (_IN_EVERY_QUESTION, asked - common)):
        yield f"### {title}\n"
        yield from table(parts["AskStep"], only=words)
        yield ""
    for word, kind in KINDS.items():
        part = parts[kind.__name__]
        question = issubclass(kind, Question)
        also = f" A [question](#{anchor(_IN_EVERY_QUESTION)})." if question else ""
        yield f"### {word} step\n\n{meaning(part)}{also}\n"
        yield from table(part, without=asked if question else common)
        yield f"\n```yaml\n{STEPS[word]}```\n"


def _types() -> Iterator[str]:
    yield "## Types\n\nOf inputs and variables. The type tells what is taken, and how it is said.\n"
    yield "| type | takes | such as | in Hindi | in Marathi | in English |"
    yield "|---|---|---|---|---|---|"
    for kind in Type:
        value = Value(type=kind, words=CHOICE if kind is Type.CHOICE else None)
        said = " | ".join(spoken(VALUES[kind], value, language) for language in _LANGUAGES)
        yield f"| `{kind}` | {EXPECTED[kind]} | `{VALUES[kind]}` | {said} |"
    yield ""


def _rules() -> Iterator[str]:
    yield "## Rules\n\nWhat a file is checked by. An error keeps it from being used, a warning does not.\n"
    yield "| rule | level | why | what to do |"
    yield "|---|---|---|---|"
    for rule in sorted(RULES, key=lambda rule: (rule.level, rule.name)):
        yield f"| `{rule.name}` | {rule.level} | {rule.reason} | {rule.fix} |"
    yield ""


def _tools(tools: Sequence[Tool]) -> Iterator[str]:
    yield "## Tools\n"
    for tool in tools:
        yield f"`{tool.usage}`  \n{tool.help}\n"
