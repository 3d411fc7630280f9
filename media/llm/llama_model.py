"""One model of llama.cpp in the thread of who asks: loading, tokens, and evaluating them step by step.

llama-cpp-python's bindings of llama.h are used, not its class `Llama`: that one evaluates a prompt without a way to
stop, and silences the whole process's output while it loads. The bindings let the interpreter run on (ctypes).
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media.errors import EngineError, EngineUnavailableError
from media.llm.call_blocks import CLOSING, OPENING
from media.llm.prefixes import Tokens
from media.workers.threads import StoppedError

_log = logging.getLogger(__name__)
INSTALL = (
    "llama-cpp-python is not installed; install it with: pip install 'mercury[llama]' (there is no ready wheel: it "
    "compiles llama.cpp, which takes about ten minutes and a C++ compiler; for an NVIDIA GPU set "
    "CMAKE_ARGS=-DGGML_CUDA=on before it)"
)
_FLASH_AUTO, _FLASH_OFF = -1, 0
_ABORTED = 2
_READ = 0
"""Load mode: the file is read, not mapped."""
_ERROR_LEVEL = 4
_ALL_LAYERS = 0x7FFFFFFF
_PIECE_BYTES = 64
State = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How a model is loaded; `gpu_layers` below 0 means all of them, `threads` 0 half of the cores."""

    path: Path
    gpu_layers: int
    context: int
    batch: int
    threads: int
    flash_attention: bool


class Abort:
    """Whether a piece of work is still wanted; llama.cpp itself asks between the steps of a batch, on a CPU.

    Others may hold the interpreter's lock for milliseconds, so it is asked without: libc's strlen of these bytes is 0
    until one is set.
    """

    def __init__(self) -> None:
        self._bytes = ctypes.create_string_buffer(2)

    def set(self) -> None:
        """It is not wanted any more."""
        self._bytes[0] = b"\1"

    def check(self) -> None:
        """Raises `StoppedError` once it is not wanted."""
        if self._bytes.raw[0]:
            raise StoppedError

    @property
    def address(self) -> int:
        """Of the bytes."""
        return ctypes.addressof(self._bytes)


class LlamaModel:
    """A model and its one context, which holds one conversation at a time. To be used by one thread at a time.

    Raises `EngineUnavailableError` when it can't be loaded, with what llama.cpp said.
    """

    def __init__(self, options: ModelOptions) -> None:
        self.api = package()
        self._options = options
        self._context: Any = None
        self._model: Any = None
        _backend()
        _said.clear()
        try:
            self._load()
        except EngineUnavailableError:
            self.close()
            raise
        self.vocabulary = self.api.llama_model_get_vocab(self._model)
        self._memory = self.api.llama_get_memory(self._context)
        self._tokens = np.zeros(self.context_tokens, np.int32)
        self._count = 0
        self._batch = (ctypes.c_int32 * options.batch)()
        self._pieces: dict[int, bytes] = {}
        self._ends: dict[int, bool] = {}
        self._abort: Abort | None = None
        marks = [self.tokens(mark) for mark in (OPENING, CLOSING)]
        self._shown = frozenset(int(tokens[0]) for tokens in marks if len(tokens) == 1)

    @property
    def context(self) -> Any:
        """llama.cpp's context."""
        return self._context

    @property
    def held(self) -> Tokens:
        """The tokens that the context holds; to be read before the next evaluation."""
        return self._tokens[: self._count]

    @property
    def context_tokens(self) -> int:
        """How many it has room for."""
        return int(self.api.llama_n_ctx(self._context))

    @property
    def vocabulary_size(self) -> int:
        """How many tokens it knows."""
        return int(self.api.llama_vocab_n_tokens(self.vocabulary))

    def logits(self) -> NDArray[np.float32]:
        """How likely each token is to come next; to be read before the next evaluation."""
        pointer = self.api.llama_get_logits_ith(self._context, -1)
        return np.ctypeslib.as_array(pointer, shape=(self.vocabulary_size,))

    def close(self) -> None:
        """Free the memory. Idempotent."""
        if self._context:
            self.api.llama_free(self._context)
        if self._model:
            self.api.llama_model_free(self._model)
        self._context = self._model = None

    def special(self, which: str) -> str:
        """The text of a token such as bos or eos; "" for one that the model lacks."""
        number = getattr(self.api, f"llama_vocab_{which}")(self.vocabulary)
        return "" if number < 0 else self.api.llama_vocab_get_text(self.vocabulary, number).decode("utf-8", "replace")

    def tokens(self, text: str, *, marks: bool = True) -> Tokens:
        """A text's tokens; `marks`: those by which models tell who speaks are known as such."""
        data = text.encode()
        room = len(data) + 8
        tokens = np.empty(room, np.int32)
        numbers = tokens.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        count = self.api.llama_tokenize(self.vocabulary, data, len(data), numbers, room, False, marks)
        if count < 0:
            raise EngineError(f"a text of {len(data)} bytes can't be made tokens")
        return tokens[:count]

    def piece(self, token: int) -> bytes:
        """A token's bytes, which may be a part of a letter; none for a mark, save those around a call."""
        if (known := self._pieces.get(token)) is None:
            known = self._pieces[token] = self._read_piece(token)
        return known

    def ends(self, token: int) -> bool:
        """Whether the model's turn ends with it."""
        if (known := self._ends.get(token)) is None:
            known = self._ends[token] = bool(self.api.llama_vocab_is_eog(self.vocabulary, token))
        return known

    def evaluate(self, tokens: Tokens, abort: Abort) -> None:
        """Take them up into the context, a batch at a time. Raises `StoppedError` soon after `abort` is set."""
        if abort is not self._abort:
            self.api.llama_set_abort_callback(self._context, _asked(), abort.address)
            self._abort = abort  # llama.cpp keeps its address
        for start in range(0, len(tokens), self._options.batch):
            abort.check()
            self._evaluate(tokens[start : start + self._options.batch])

    def keep_first(self, count: int) -> int:
        """Forget all but the first `count` tokens; how many stay (some kinds of model can forget all or nothing)."""
        if count < self._count:
            if not (count and self.api.llama_memory_seq_rm(self._memory, 0, count, -1)):
                self.api.llama_memory_clear(self._memory, True)
                count = 0
            self._count = count
        return self._count

    def state_bytes(self) -> int:
        """How large a copy of what the context holds would be."""
        return int(self.api.llama_state_seq_get_size(self._context, 0))

    def state(self) -> State:
        """A copy of what the context holds."""
        copy = np.empty(self.state_bytes(), np.uint8)
        self.api.llama_state_seq_get_data(self._context, _pointer(copy), len(copy), 0)
        return copy

    def restore(self, state: State, tokens: Tokens) -> None:
        """Hold what was held when the copy was made. Raises `EngineError` where llama.cpp refuses it."""
        self._count = 0
        if not self.api.llama_state_seq_set_data(self._context, _pointer(state), len(state), 0):
            self.api.llama_memory_clear(self._memory, True)
            raise EngineError(f"the state of {len(tokens)} tokens can't be taken up again")
        self._tokens[: len(tokens)] = tokens
        self._count = len(tokens)

    def _evaluate(self, tokens: Tokens) -> None:
        count = len(tokens)
        self._batch[:count] = tokens.tolist()
        code = self.api.llama_decode(self._context, self.api.llama_batch_get_one(self._batch, count))
        if code:
            self.api.llama_memory_seq_rm(self._memory, 0, self._count, -1)
            if code == _ABORTED:
                raise StoppedError
            raise EngineError(f"llama.cpp can't evaluate {count} tokens after {self._count}: error {code}")
        self._tokens[self._count : self._count + count] = tokens
        self._count += count

    def _read_piece(self, token: int) -> bytes:
        room = _PIECE_BYTES
        while True:
            buffer = ctypes.create_string_buffer(room)
            length = self.api.llama_token_to_piece(self.vocabulary, token, buffer, room, 0, token in self._shown)
            if length >= 0:
                return buffer.raw[:length]
            room = -length

    def _load(self) -> None:
        options = self._options
        wanted = self.api.llama_model_default_params()
        wanted.n_gpu_layers = options.gpu_layers if options.gpu_layers >= 0 else _ALL_LAYERS
        if not uses_gpu(options.gpu_layers):
            # A CPU's weights are kept in an order of their own: mapped as well, they would be in memory twice.
            wanted.load_mode = _READ
        self._model = self.api.llama_model_load_from_file(str(options.path).encode(), wanted)
        if not self._model:
            raise EngineUnavailableError(f"{options.path} can't be loaded: {_reason()}")
        wanted = self.api.llama_context_default_params()
        wanted.n_ctx = options.context
        wanted.n_batch = wanted.n_ubatch = options.batch
        wanted.n_threads = wanted.n_threads_batch = options.threads or max(1, (os.cpu_count() or 2) // 2)
        wanted.flash_attn_type = _FLASH_AUTO if options.flash_attention else _FLASH_OFF
        self._context = self.api.llama_init_from_model(self._model, wanted)
        if not self._context:
            raise EngineUnavailableError(f"{options.path}: no context of {options.context} tokens: {_reason()}")


def package() -> Any:
    """llama-cpp-python. Raises `EngineUnavailableError` with the command that installs it."""
    try:
        return importlib.import_module("llama_cpp")
    except ImportError as error:
        raise EngineUnavailableError(INSTALL) from error
    except (OSError, RuntimeError) as error:
        raise EngineUnavailableError(
            f"llama-cpp-python is installed, but its libraries can't be loaded: {error}"
        ) from error


def uses_gpu(layers: int) -> bool:
    """Whether layers can be on a GPU with the llama.cpp that is here. Raises `EngineUnavailableError` without one."""
    api = package()
    _backend()
    return bool(layers and api.llama_supports_gpu_offload())


_said: list[str] = []
"""llama.cpp's latest errors: it returns nothing but that it failed."""


def _reason() -> str:
    return "; ".join(_said[-3:]) or "llama.cpp does not say why"


@cache
def _backend() -> Any:
    """Make llama.cpp ready, once a process; what it says goes to the log, as debugging."""
    api = package()

    def heard(level: int, text: bytes, _: Any) -> None:
        line = text.decode("utf-8", "replace").strip()
        if level == _ERROR_LEVEL and line.strip("."):
            _said.append(line)
            del _said[:-3]
        _log.debug("llama.cpp: %s", line)

    callback = api.llama_log_callback(heard)
    api.llama_log_set(callback, ctypes.c_void_p(0))
    api.llama_backend_init()
    return callback


@cache
def _asked() -> Any:
    return ctypes.cast(ctypes.CDLL(None).strlen, package().ggml_abort_callback)


def _pointer(data: State) -> Any:
    return data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
