"""Parler's packages, imported within its own environment, where nothing of them reaches for the network."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace

_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def load_package() -> SimpleNamespace:
    """`numpy`, `torch`, `transformers`, `parler`; takes seconds. Raises `RuntimeError` with the installing command."""
    os.environ.update(_OFFLINE)
    missing = [package for package in ("numpy", "torch", "transformers", "parler_tts") if find_spec(package) is None]
    if missing:
        raise RuntimeError(
            f"{sys.executable} has no {', '.join(missing)}; install it with: "
            f"{sys.executable} -m pip install parler-tts torch torchaudio"
        )
    _see_to_torchaudio()
    logging.getLogger("parler_tts").setLevel(logging.ERROR)
    loaded = SimpleNamespace(
        numpy=importlib.import_module("numpy"),
        torch=importlib.import_module("torch"),
        transformers=importlib.import_module("transformers"),
        parler=importlib.import_module("parler_tts"),
    )
    loaded.transformers.utils.logging.disable_progress_bar()
    loaded.transformers.utils.logging.set_verbosity_error()
    return loaded


def _see_to_torchaudio() -> None:
    """Do without torchaudio where it can't be imported.

    parler_tts imports descript's codec, that audiotools, and that torchaudio, for effects and loudness that a voice
    does not need. PyPI's torchaudio is built for CUDA and can't be imported with a torch for CPUs.
    """
    try:
        importlib.import_module("torchaudio")
    except (ImportError, OSError) as error:
        for module in [module for module in sys.modules if module.partition(".")[0] == "torchaudio"]:
            del sys.modules[module]
        empty = ModuleType("torchaudio", "Stands where torchaudio can't be imported; it has nothing.")
        empty.__spec__ = ModuleSpec("torchaudio", None)
        sys.modules["torchaudio"] = empty
        logging.getLogger(__name__).info("torchaudio is not here, speaking goes without: %s", error)
