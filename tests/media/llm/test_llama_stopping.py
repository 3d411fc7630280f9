"""Work of llama.cpp that nobody wants any more: stopped between tokens, between batches, and within one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from media.errors import EngineError
from media.llm.llama_model import Abort, LlamaModel, ModelOptions
from media.llm.prefixes import tokens_of
from media.workers.threads import StoppedError
from tests.media.llm.test_llama import NEVER_ENDS, installed
from tests.media.llm.tiny_llama import tiny_llama

BATCH = 64
PROMPT = tokens_of(range(65, 65 + 26)).repeat(20)
pytestmark = installed


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaModel]:
    path = tiny_llama(tmp_path_factory.mktemp("models") / "tiny.gguf", likes=NEVER_ENDS)
    model = LlamaModel(ModelOptions(path, 0, 1024, BATCH, 1, flash_attention=True))
    yield model
    model.close()
    model.close()


class AfterOne(Abort):
    """Set after the first batch, when it is asked for the second time."""

    asked = 0

    def check(self) -> None:
        self.asked += 1
        if self.asked > 1:
            self.set()
        super().check()


class Unasked(Abort):
    """Nobody but llama.cpp looks."""

    def check(self) -> None:
        pass


def test_a_prompt_is_left_between_its_batches(model: LlamaModel) -> None:
    model.keep_first(0)
    with pytest.raises(StoppedError):
        model.evaluate(PROMPT, AfterOne())
    assert len(model.held) == BATCH


def test_llama_cpp_itself_leaves_a_batch_and_the_context_is_as_before(model: LlamaModel) -> None:
    model.keep_first(0)
    model.evaluate(PROMPT[:100], Abort())
    abort = Unasked()
    abort.set()
    with pytest.raises(StoppedError):
        model.evaluate(PROMPT[100:], abort)
    assert list(model.held) == list(PROMPT[:100])
    model.evaluate(PROMPT[100:], Abort())
    resumed = model.logits().copy()
    model.keep_first(0)
    model.evaluate(PROMPT[:100], Abort())
    model.evaluate(PROMPT[100:], Abort())
    assert model.logits().tolist() == resumed.tolist()


def test_a_state_that_is_taken_up_again_is_what_was_held(model: LlamaModel) -> None:
    model.keep_first(0)
    model.evaluate(PROMPT[:200], Abort())
    state, held = model.state(), model.held.copy()
    model.evaluate(PROMPT[200:210], Abort())
    expected = model.logits().copy()
    model.keep_first(0)
    model.evaluate(PROMPT[50:300], Abort())
    model.restore(state, held)
    assert model.keep_first(500) == 200
    model.evaluate(PROMPT[200:210], Abort())
    assert model.logits().tolist() == pytest.approx(expected.tolist(), abs=1e-4)
    assert model.keep_first(150) == 150


def test_a_state_that_is_none_is_refused_and_nothing_held(model: LlamaModel) -> None:
    model.keep_first(0)
    model.evaluate(PROMPT[:10], Abort())
    broken = model.state()
    broken[:] = 255
    with pytest.raises(EngineError, match="the state of 10 tokens can't be taken up again"):
        model.restore(broken, model.held.copy())
    assert len(model.held) == 0
    model.evaluate(PROMPT, Abort())


def test_more_than_the_context_holds_is_an_error(model: LlamaModel) -> None:
    model.keep_first(0)
    with pytest.raises(EngineError, match=r"llama\.cpp can't evaluate 1 tokens after 1024: error 1"):
        model.evaluate(PROMPT.repeat(2)[:1025], Abort())


def test_pieces_are_bytes_and_marks_are_none_save_those_of_calls(model: LlamaModel) -> None:
    text = "<|im_start|>user नमस्ते <tool_call>"
    numbers = model.tokens(text).tolist()
    assert b"".join(map(model.piece, numbers)).decode() == "user नमस्ते <tool_call>"
    assert [model.ends(number) for number in model.tokens("a<|im_end|>").tolist()] == [False, True]
    assert len(model.tokens(text, marks=False)) > len(numbers)
