"""What can go wrong, as exceptions; those that Mercury told of carry its problem."""

from __future__ import annotations

import json

from pydantic import ValidationError

from ari_app.client.models import FieldProblem, Problem


class MercuryError(Exception):
    """A request that did not succeed."""


class UnreachableError(MercuryError):
    """No answer came, or none that could be read: what was asked may have been done."""


class ProblemError(MercuryError):
    """Mercury refused."""

    def __init__(self, problem: Problem) -> None:
        named = "".join(f"; {error.field}: {error.message}" for error in problem.errors)
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}{named}")
        self.problem = problem

    @property
    def errors(self) -> tuple[FieldProblem, ...]:
        """The fields that are wrong."""
        return self.problem.errors


class DeniedError(ProblemError):
    """401 and 403: the token is not known, or lacks the scope."""


class NotFoundError(ProblemError):
    """404: there is no such call."""


class ConflictError(ProblemError):
    """409: the call's state does not allow it, or the request of this key is still running."""


class InvalidError(ProblemError):
    """400 and 422: the request can't be accepted; `errors` names each field."""


class TooManyRequestsError(ProblemError):
    """429: faster than the token may ask."""


class UnavailableError(ProblemError):
    """5xx: Mercury or its records are away; nothing was accepted with 503."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: InvalidError,
    401: DeniedError,
    403: DeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: InvalidError,
    429: TooManyRequestsError,
}


def error_of(status: int, body: bytes) -> ProblemError:
    """The exception for an answer that is no success."""
    try:
        problem = Problem.model_validate({"status": status, **json.loads(body)})
    except (ValueError, TypeError, ValidationError):
        problem = Problem(status=status, detail=body[:200].decode("utf-8", "replace"))
    kind = UnavailableError if status >= 500 else _BY_STATUS.get(status, ProblemError)
    return kind(problem)
