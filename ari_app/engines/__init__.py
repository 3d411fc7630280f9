"""The engines of the settings: made by name, watched, held, closed at the end."""

from ari_app.engines.budget import budget_of, free
from ari_app.engines.generations import Generations
from ari_app.engines.lessons import examples_of, fixed_prompts_of
from ari_app.engines.probing import declared, probes
from ari_app.engines.roster import EngineState
from ari_app.engines.running import Engines

__all__ = [
    "EngineState",
    "Engines",
    "Generations",
    "budget_of",
    "declared",
    "examples_of",
    "fixed_prompts_of",
    "free",
    "probes",
]
