"""Which token a model writes next: by chance or the likeliest, and where a grammar holds, one that it allows.

A grammar is asked about the one token that was drawn, and only if it refuses that about the whole vocabulary, which
takes milliseconds: a model that was taught to call tools writes what is allowed, as a rule.
"""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Any, Self

import numpy as np

from media.errors import EngineError
from media.llm.llama_model import LlamaModel

_TOP_K, _TOP_P, _MIN_P = 40, 0.95, 0.05
"""llama.cpp's own defaults."""
_BY_CHANCE = 0xFFFF_FFFF
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Sampler:
    """Of one answer, or a part of it; to be left by `with`. `temperature` 0: the likeliest. `seed` None: by chance.

    Raises `EngineError` for a grammar (GBNF) that llama.cpp does not read.
    """

    def __init__(self, model: LlamaModel, *, temperature: float, seed: int | None = None, grammar: str = "") -> None:
        self._model = model
        self._api = model.api
        self._grammar = self._grammar_of(grammar) if grammar else None
        self._chain = self._api.llama_sampler_chain_init(self._api.llama_sampler_chain_default_params())
        for part in self._parts(temperature, _BY_CHANCE if seed is None else seed):
            self._api.llama_sampler_chain_add(self._chain, part)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._api.llama_sampler_free(self._chain)
        if self._grammar:
            self._api.llama_sampler_free(self._grammar)

    def next(self) -> int:
        """The next token. Raises `EngineError` where the grammar leaves none."""
        token = int(self._api.llama_sampler_sample(self._chain, self._model.context, -1))
        if not self._grammar:
            return token
        if not self._allowed(token):
            token = self._one_that_is_allowed()
        if not self._model.ends(token):
            self._api.llama_sampler_accept(self._grammar, token)
        return token

    def _parts(self, temperature: float, seed: int) -> tuple[Any, ...]:
        api = self._api
        if not temperature:
            return (api.llama_sampler_init_greedy(),)
        return (
            api.llama_sampler_init_top_k(_TOP_K),
            api.llama_sampler_init_top_p(_TOP_P, 1),
            api.llama_sampler_init_min_p(_MIN_P, 1),
            api.llama_sampler_init_temp(temperature),
            api.llama_sampler_init_dist(seed),
        )

    def _grammar_of(self, text: str) -> Any:
        grammar = self._api.llama_sampler_init_grammar(self._model.vocabulary, text.encode(), b"root")
        if not grammar:
            raise EngineError("llama.cpp can't read the grammar that was made of the tools or the schema")
        return grammar

    def _allowed(self, token: int) -> bool:
        candidates = np.array([(token, 1.0, 0.0)], _CANDIDATE)
        self._api.llama_sampler_apply(self._grammar, ctypes.byref(self._array(candidates)))
        return bool(np.isfinite(candidates["logit"][0]))

    def _one_that_is_allowed(self) -> int:
        # llama.cpp ends the process where a token is accepted that the grammar refuses: the choice is looked at first.
        candidates = np.empty(self._model.vocabulary_size, _CANDIDATE)
        candidates["id"] = np.arange(len(candidates))
        candidates["logit"] = self._model.logits()
        candidates["p"] = 0
        array = self._array(candidates)
        self._api.llama_sampler_apply(self._grammar, ctypes.byref(array))
        if not np.isfinite(candidates["logit"]).any():
            raise EngineError("the grammar leaves the model nothing to write")
        self._api.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[array.selected].id)

    def _array(self, candidates: np.ndarray[Any, Any]) -> Any:
        data = candidates.ctypes.data_as(self._api.llama_token_data_p)
        return self._api.llama_token_data_array(data=data, size=len(candidates), selected=-1, sorted=False)
