"""A llama of random weights, made on the spot in GGUF: it loads and answers as a real one does; its words mean nothing.

Its tokenizer is byte-level BPE, as Qwen2's: 256 bytes, the words that Mercury's tests say, and the marks of ChatML.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHATML = (
    "{%- if tools %}{{- '<|im_start|>system\\n' }}"
    "{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}"
    "{{- '# Tools\\n<tools>' }}{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}"
    "{{- '\\n</tools>\\nReturn a JSON object within <tool_call></tool_call>.<|im_end|>\\n' }}"
    "{%- elif messages[0].role == 'system' %}"
    "{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}"
    "{%- for message in messages %}{%- if not (loop.first and message.role == 'system') %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
"""After Qwen2.5's, shorter: tools in the system's message, calls in blocks."""
WITHOUT_TOOLS = (
    "{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)
_MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_BLOCKS = ("<tool_call>", "</tool_call>")
_HEADS, _KV_HEADS, _NORMAL, _CONTROL, _USER_DEFINED = 2, 1, 1, 3, 4


def tiny_llama(
    path: Path,
    *,
    template: str | None = CHATML,
    blocks: bool = True,
    size: int = 32,
    layers: int = 1,
    context: int = 4096,
    words: int = 256,
    seed: int = 1,
    likes: Mapping[str, float] | None = None,
) -> Path:
    """Write the model to `path`. `size` is its width; `blocks`: the marks of a call are tokens, as Qwen2.5's are.

    `likes`: tokens that come more readily than others, at 1 they do not; at 0 never where the likeliest is taken.
    """
    from gguf import GGUFWriter

    writer = GGUFWriter(str(path), "llama")
    writer.add_context_length(context)
    writer.add_embedding_length(size)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * size)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_KV_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(size // _HEADS)
    tokens = vocabulary(writer, words, blocks=blocks)
    if template is not None:
        writer.add_chat_template(template)
    output = _weights(writer, np.random.default_rng(seed), len(tokens), size, layers)
    for token, times in (likes or {}).items():
        output[tokens.index(token)] *= times
    writer.add_tensor("output.weight", output)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def vocabulary(writer: Any, words: int, *, blocks: bool = True) -> list[str]:
    """Write a tokenizer of so many made-up words, and ChatML's marks; its tokens."""
    marks = _BLOCKS if blocks else ()
    made = [f"Ġ{_word(number)}" for number in range(words)]
    tokens = [*_bytes(), *made, *_MARKS, *marks]
    types = [_NORMAL] * (256 + words) + [_CONTROL] * len(_MARKS) + [_USER_DEFINED] * len(marks)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(["Ġ t"])
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_pad_token_id(tokens.index("<|endoftext|>"))
    writer.add_add_bos_token(False)
    return tokens


def _bytes() -> list[str]:
    """The letters that stand for the 256 bytes in byte-level BPE (GPT-2): itself where printable, else from 256 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    letters = {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}
    return [letters[byte] for byte in range(256)]


def _word(number: int) -> str:
    """A made-up word of four letters, another for each number below 26⁴."""
    mixed = number * 104_729 % 26**4
    return "".join(chr(ord("a") + mixed // 26**place % 26) for place in range(4))


def _weights(writer: Any, random: np.random.Generator, tokens: int, size: int, layers: int) -> NDArray[np.float32]:
    """Write all but the output's, which it returns."""

    def weight(*shape: int) -> NDArray[np.float32]:
        return random.normal(0, shape[-1] ** -0.5, shape).astype(np.float32)

    narrow = size // _HEADS * _KV_HEADS
    writer.add_tensor("token_embd.weight", weight(tokens, size))
    writer.add_tensor("output_norm.weight", np.ones(size, np.float32))
    for layer in range(layers):
        name = f"blk.{layer}"
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{name}.{norm}.weight", np.ones(size, np.float32))
        for part, out in (("attn_q", size), ("attn_k", narrow), ("attn_v", narrow), ("attn_output", size)):
            writer.add_tensor(f"{name}.{part}.weight", weight(out, size))
        for part, wide, taken in (("ffn_gate", 2, 1), ("ffn_up", 2, 1), ("ffn_down", 1, 2)):
            writer.add_tensor(f"{name}.{part}.weight", weight(wide * size, taken * size))
    return weight(tokens, size)
