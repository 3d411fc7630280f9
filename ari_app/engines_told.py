"""What the API is told of the engines, and what it may ask of them."""

from __future__ import annotations

from ari_app.api.models import Check, EnginesLoading, EngineView, GenerationView
from ari_app.api.models import Engines as EnginesView
from ari_app.api.problem import ProblemError
from ari_app.engines import Generations
from ari_app.engines.exchange import Exchange, UnderWayError
from ari_app.engines.generations import Generation, Stage
from ari_app.ops.settings import SettingsError
from media.errors import EngineUnavailableError

_NAMED = 20


class EnginesTold:
    """The `EnginesInUse` of a node."""

    def __init__(self, generations: Generations, exchange: Exchange) -> None:
        self._generations = generations
        self._exchange = exchange

    async def reload(self) -> EnginesLoading:
        """Have those of the settings, as the file stands, loaded and taken. Raises `ProblemError`: 409, 422."""
        try:
            begun = await self._exchange.begin()
        except UnderWayError as error:
            raise ProblemError(409, f"{error}: GET /admin/engines tells when that is done.") from error
        except (SettingsError, EngineUnavailableError) as error:
            raise ProblemError(422, f"{error}\nThe engines of before stay.") from error
        return EnginesLoading(generation=begun.generation, loads=list(begun.loads), shares=list(begun.shares))

    def told(self) -> EnginesView:
        """Which there are."""
        budget = self._generations.current.engines.budget
        return EnginesView(
            generations=list(map(_view, self._generations.all)),
            loading=self._exchange.under_way,
            failure=self._exchange.failure,
            budget_ram_mib=budget.ram_mib,
            budget_vram_mib=budget.vram_mib,
        )

    def check(self) -> Check:
        """The generations, in a line of the health: a reload that came to nothing is no trouble of the calls'."""
        told = "; ".join(map(_told, self._generations.all))
        failure = f"; the last reload was refused: {self._exchange.failure}" if self._exchange.failure else ""
        return Check(ok=True, detail=told + failure)


def _view(generation: Generation) -> GenerationView:
    return GenerationView(
        number=generation.number,
        stage=generation.stage,
        calls=len(generation.calls),
        held_by=list(generation.calls)[:_NAMED],
        engines=[
            EngineView(name=one.title, ram_mib=one.need.ram_mib, vram_mib=one.need.vram_mib)
            for one in generation.engines.members
        ],
    )


def _told(generation: Generation) -> str:
    held = ""
    if generation.calls:
        longest = f", {next(iter(generation.calls))} the longest" if generation.stage is Stage.LEAVING else ""
        held = f" ({len(generation.calls)} calls{longest})"
    return f"generation {generation.number} {generation.stage}{held}"
