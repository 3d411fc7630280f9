"""Templates of prompts: of Jinja2 only variables and `{% if name == value %}`, so that none can fail in a call.

A variable's value is data: what looks like a template in it is spoken as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_ENVIRONMENT = ImmutableSandboxedEnvironment(keep_trailing_newline=False)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters.clear()
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
_COMPARISONS = frozenset({"eq", "ne"})


class TemplateError(ValueError):
    """A template that can't be used; the text says why."""


class Worded:
    """A variable in a template: prints as it is spoken, compares as it is held."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, value: object, text: str) -> None:
        self._value = value
        self._text = text

    def __str__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return self._value == other or str(self._value) == str(other)

    def __bool__(self) -> bool:
        return bool(self._value)


def fill(text: str, values: Mapping[str, Worded]) -> str:
    """The template with its variables said. A variable that has no value is left out."""
    return " ".join(_compiled(text).render(values).split())


@lru_cache(maxsize=8192)
def names_in(text: str) -> frozenset[str]:
    """The variables of a template. Raises `TemplateError` where it is not one, or does more than it may."""
    if "{" not in text:
        return frozenset()
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"not a template: {error.message}") from error
    for node in _all(tree):
        _check(node)
    return frozenset(name.name for name in tree.find_all(nodes.Name))


@lru_cache(maxsize=8192)
def _compiled(text: str) -> Template:
    return _ENVIRONMENT.from_string(text)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise TemplateError(
            f"{type(node).__name__.lower()} can't be used in a prompt; "
            "expected {{ name }} or {% if name == 'value' %}…{% else %}…{% endif %}"
        )
    if isinstance(node, nodes.Operand) and node.op not in _COMPARISONS:
        raise TemplateError(f"a prompt compares by == and != only, got {node.op}; use a branch step for more")
