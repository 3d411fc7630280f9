"""A Whisper of random weights, made on the spot in ctranslate2's format: it loads and decodes as a real one does.

Its tokenizer has the multilingual layout of 80 mel bands: 256 bytes, made-up words, the empty string at id 50256 (by
which ctranslate2 knows a multilingual model), the special tokens, then 1501 timestamps: 51865 ids.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MELS = 80
WORDS = 50_256
"""Ids below this are bytes and words."""
IDS = 51_865
_BYTES = 256
_SPECIAL_BEFORE = ("<|endoftext|>", "<|startoftranscript|>")
_SPECIAL_AFTER = (
    *("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"),
    "<|notimestamps|>",
)
END_OF_TEXT, FIRST_LANGUAGE = 50_257, 50_259


def tiny_whisper(
    folder: Path,
    *,
    layers: int = 1,
    size: int = 32,
    heads: int = 2,
    seed: int = 1,
    ends: float = 3.0,
    decoder_layers: int = 0,
    quantization: str | None = None,
) -> Path:
    """Write the model's files into `folder`, which must not hold any yet. `size` is the width of its layers.

    `ends`: how readily a text ends; at 3 about every tenth token, below 0 hardly ever. `decoder_layers`: where they are
    not as many as the encoder's. `quantization`: what the file holds, such as float16, in place of float32.
    """
    from ctranslate2.specs.whisper_spec import WhisperSpec

    folder.mkdir(parents=True, exist_ok=True)
    languages = _languages()
    deep = decoder_layers or layers
    spec = WhisperSpec(layers, heads, deep, heads)
    _fill(spec, size, np.random.default_rng(seed))
    spec.decoder.projection.bias = _words_only(ends)
    spec.register_vocabulary(_tokens(languages))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [END_OF_TEXT]
    spec.config.lang_ids = list(range(FIRST_LANGUAGE, FIRST_LANGUAGE + len(languages)))
    spec.config.alignment_heads = [(deep - 1, head) for head in range(heads)]
    spec.validate()
    spec.optimize(quantization=quantization)
    spec.save(str(folder))
    _tokenizer(languages).save(str(folder / "tokenizer.json"))
    features = {"feature_size": MELS, "sampling_rate": 16_000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _languages() -> tuple[str, ...]:
    from faster_whisper.tokenizer import _LANGUAGE_CODES

    return tuple(code for code in _LANGUAGE_CODES if code != "yue")


def _fill(spec: Any, size: int, random: np.random.Generator) -> None:
    def weight(*shape: int) -> NDArray[np.float32]:
        return random.standard_normal(shape, np.float32) * np.float32(shape[-1] ** -0.5)

    def linear(layer: Any, out: int, taken: int) -> None:
        layer.weight, layer.bias = weight(out, taken), np.zeros(out, np.float32)

    def norm(layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(size, np.float32), np.zeros(size, np.float32)

    def attention(layer: Any, sizes: tuple[int, ...]) -> None:
        norm(layer.layer_norm)
        for part, wide in zip(layer.linear, sizes, strict=True):
            linear(part, wide * size, size)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = weight(size, MELS, 3), np.zeros(size, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = weight(size, size, 3), np.zeros(size, np.float32)
    encoder.position_encodings.encodings = weight(1500, size)
    decoder.position_encodings.encodings = weight(448, size)
    decoder.embeddings.weight = weight(IDS, size)
    linear(decoder.projection, IDS, size)
    for part in (encoder, decoder):
        norm(part.layer_norm)
        for layer in part.layer:
            attention(layer.self_attention, (3, 1))
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, 4 * size, size)
            linear(layer.ffn.linear_1, size, 4 * size)
    for layer in decoder.layer:
        attention(layer.attention, (1, 2, 1))


def _words_only(ends: float) -> NDArray[np.float32]:
    """A bias by which texts are of words, no bytes or special tokens."""
    bias = np.full(IDS, -50.0, np.float32)
    bias[_BYTES:WORDS] = 0
    bias[END_OF_TEXT] = ends
    return bias


def _tokens(languages: tuple[str, ...]) -> list[str]:
    special = [*_SPECIAL_BEFORE, *(f"<|{code}|>" for code in languages), *_SPECIAL_AFTER]
    tokens = [*_words(), "", *special]
    return tokens + [f"<|{step * 0.02:.2f}|>" for step in range(IDS - len(tokens))]


def _words() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    return [*sorted(ByteLevel.alphabet()), *(f"Ġ{_word(number)}" for number in range(WORDS - _BYTES))]


def _word(number: int) -> str:
    """A made-up word of four letters, another for each number below 26⁴."""
    mixed = number * 104_729 % 26**4
    return "".join(chr(ord("a") + mixed // 26**place % 26) for place in range(4))


def _tokenizer(languages: tuple[str, ...]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    known = {token: number for number, token in enumerate([*_words(), ""])}
    tokenizer = Tokenizer(models.BPE(vocab=known, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(_tokens(languages)[len(known) :])
    return tokenizer
