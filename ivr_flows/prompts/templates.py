"""Templates of prompts: of Jinja2 only variables, `{% if name == value %}` and a few filters; none can fail in a call.

A variable's value is data: what looks like a template in it is spoken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ivr_flows.prompts.spelling import digit_by_digit

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
    nodes.Filter,
)
_FILTERS: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "plural": ("{{ count | plural('item', 'items') }}", (str, str)),
    "count": ("{{ items | count }}", ()),
    "digits": ("{{ number | digits }}", ()),
    "last": ("{{ number | last(4) }}", (int,)),
}
"""Filters: how each is written, and what its arguments are."""
_WHOLE = re.compile(r"-?[0-9]{1,18}")
BLANK = "\ufffc"
"""Stands for what is not known before the call."""
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

    @property
    def raw(self) -> str:
        """As it is held."""
        return "" if self._value is None else str(self._value)

    @property
    def size(self) -> int:
        """How many there are: a number itself, the items of a list."""
        if isinstance(self._value, list | tuple):
            return len(self._value)
        return int(self.raw) if _WHOLE.fullmatch(self.raw) else 0


def _plural(value: Worded, one: str, many: str) -> str:
    return one if value.size == 1 else many


def _count(value: Worded) -> str:
    return str(value.size)


def _digits(value: Worded) -> str:
    return digit_by_digit(value.raw)


def _last(value: Worded, letters: int) -> str:
    return digit_by_digit("".join(filter(str.isalnum, value.raw))[-letters:])


_ENVIRONMENT.filters.update(plural=_plural, count=_count, digits=_digits, last=_last)


def fill(text: str, values: Mapping[str, Worded]) -> str:
    """The template with its variables said. A variable that has no value is left out."""
    return " ".join(_compiled(text).render(values).split())


def blanked(text: str) -> str:
    """The template's own words, all branches in order, with `BLANK` wherever something is filled in or decided."""
    if "{" not in text:
        return text
    own = [data.data for data in _ENVIRONMENT.parse(text).find_all(nodes.TemplateData)]
    first, last = [""] * text.lstrip().startswith("{"), [""] * text.rstrip().endswith("}")
    return " ".join(f" {BLANK} ".join([*first, *own, *last]).split())


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
    if isinstance(node, nodes.Filter):
        _check_filter(node)
    if isinstance(node, nodes.Operand) and node.op not in _COMPARISONS:
        raise TemplateError(f"a prompt compares by == and != only, got {node.op}; use a branch step for more")


def _check_filter(node: nodes.Filter) -> None:
    if node.name not in _FILTERS:
        raise TemplateError(f"there is no filter {node.name!r}; known: {', '.join(_FILTERS)}")
    written, types = _FILTERS[node.name]
    given = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
    fits = len(given) == len(node.args) == len(types) and all(map(isinstance, given, types))
    fits = fits and not any(value is True or value is False or value == 0 for value in given)
    if not fits or node.kwargs or not isinstance(node.node, nodes.Name):
        raise TemplateError(f"expected {written}")
