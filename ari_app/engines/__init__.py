"""The engines of the settings: made by name, watched, held, closed at the end."""

from ari_app.engines.lessons import examples_of, fixed_prompts_of
from ari_app.engines.probing import probes
from ari_app.engines.roster import EngineState
from ari_app.engines.running import Engines

__all__ = ["EngineState", "Engines", "examples_of", "fixed_prompts_of", "probes"]
