"""Conditions of branches: names, values, comparisons, and, or, not. None fails: what can't be compared is false."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne

from jinja2 import Environment, TemplateSyntaxError, nodes

_ORDER: Mapping[str, Callable[[Decimal, Decimal], bool]] = {"lt": lt, "lteq": le, "gt": gt, "gteq": ge}
_SAME: Mapping[str, Callable[[object, object], bool]] = {"eq": eq, "ne": ne}
_SYNTAX = Environment(autoescape=True)


class ExpressionError(ValueError):
    """A condition that can't be used; the text says why."""


def holds(expression: str, values: Mapping[str, object]) -> bool:
    """Whether it holds for these values."""
    return bool(_value(_parsed(expression), values))


def names_in_expression(expression: str) -> frozenset[str]:
    """The variables that it speaks of. Raises `ExpressionError`."""
    tree = _parsed(expression)
    _check(tree)
    found = {name.name for name in tree.find_all(nodes.Name)}
    return frozenset(found | {tree.name} if isinstance(tree, nodes.Name) else found)


def comparisons(expression: str) -> Iterator[tuple[str, str]]:
    """Each variable that is compared by == or != with a text, and the text. Raises `ExpressionError`."""
    tree = _parsed(expression)
    _check(tree)
    for node in [tree, *tree.find_all(nodes.Compare)]:
        if isinstance(node, nodes.Compare) and node.ops[0].op in _SAME:
            for one, other in ((node.expr, node.ops[0].expr), (node.ops[0].expr, node.expr)):
                if isinstance(one, nodes.Name) and isinstance(other, nodes.Const) and isinstance(other.value, str):
                    yield one.name, other.value


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> nodes.Node:
    try:
        body = _SYNTAX.parse("{{ (" + expression + ") }}").body
    except TemplateSyntaxError as error:
        raise ExpressionError(f"not a condition: {error.message}") from error
    if len(body) != 1 or not isinstance(body[0], nodes.Output) or len(body[0].nodes) != 1:
        raise ExpressionError("expected one condition, such as: total > 500 and status == 'preparing'")
    return body[0].nodes[0]


def _check(node: nodes.Node) -> None:
    match node:
        case nodes.Name() | nodes.Const():
            return
        case nodes.And() | nodes.Or():
            _check(node.left)
            _check(node.right)
        case nodes.Not():
            _check(node.node)
        case nodes.Compare() if len(node.ops) == 1 and node.ops[0].op in {*_ORDER, *_SAME}:
            _check(node.expr)
            _check(node.ops[0].expr)
        case _:
            raise ExpressionError(
                f"{type(node).__name__.lower()} can't be used in a condition; expected names, values, "
                "one ==, !=, <, <=, > or >=, and, or, not"
            )


def _value(node: nodes.Node, values: Mapping[str, object]) -> object:
    result: object = False
    match node:
        case nodes.Name():
            result = values.get(node.name)
        case nodes.Const():
            result = node.value
        case nodes.And():
            result = bool(_value(node.left, values)) and bool(_value(node.right, values))
        case nodes.Or():
            result = bool(_value(node.left, values)) or bool(_value(node.right, values))
        case nodes.Not():
            result = not _value(node.node, values)
        case nodes.Compare():
            operand = node.ops[0]
            result = _compare(operand.op, _value(node.expr, values), _value(operand.expr, values))
    return result


def _compare(operator: str, left: object, right: object) -> bool:
    numbers = _number(left), _number(right)
    if operator in _SAME:
        alike = numbers if None not in numbers else (left, right)
        return _SAME[operator](*alike)
    return numbers[0] is not None and numbers[1] is not None and _ORDER[operator](numbers[0], numbers[1])


def _number(value: object) -> Decimal | None:
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
