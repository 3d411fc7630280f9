"""A Parler-TTS of random weights, made on the spot: it loads and streams as a real one does, its sound means nothing.

Run by the interpreter of Parler's environment: `python -m tests.media.tts.tiny_parler FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

CODEBOOKS = 9
_CODES = 1024
_CODES_AND_MARKS = 1026
_END, _BEGIN = 1024, 1025
_WIDE, _HEADS = 32, 2
_WORDS = ("<pad>", "</s>", "<unk>", *(chr(code) for code in range(0x20, 0x7F)), *(chr(c) for c in range(0x900, 0x980)))


def tiny_parler(folder: Path, *, ends: float) -> Path:
    """Write the model's files into `folder`, those of its description tokenizer below it. Takes seconds.

    `ends`: how readily a speech ends; at 0.5 after about half a second, at -10 not before it must.
    """
    import torch
    from parler_tts import ParlerTTSConfig, ParlerTTSForConditionalGeneration

    torch.manual_seed(1)
    config = ParlerTTSConfig.from_sub_models_config(*_parts(), vocab_size=len(_WORDS), prompt_cross_attention=False)
    model = ParlerTTSForConditionalGeneration._from_config(config, attn_implementation="eager")
    _let_end(model, ends)
    model.generation_config.update(
        decoder_start_token_id=_BEGIN,
        bos_token_id=_BEGIN,
        eos_token_id=_END,
        pad_token_id=_END,
        do_sample=True,
        max_length=2580,
        min_new_tokens=10,
    )
    model.save_pretrained(folder)
    for place in (folder, folder / "description_tokenizer"):
        _tokenizer().save_pretrained(place)
    return folder


def _let_end(model: Any, ends: float) -> None:
    """One of the last norm's features is the same whatever comes before: by it marks of the end are likely or not.

    Where the first codebook has ended, the others do, each a step after the one before it.
    """
    import torch

    with torch.no_grad():
        norm = model.decoder.model.decoder.layer_norm
        norm.weight[0], norm.bias[0] = 0, 1
        for number, head in enumerate(model.decoder.lm_heads):
            head.weight[_END, 0] = 100 if number else ends
            head.weight[_BEGIN, 0] = -100


def _parts() -> tuple[Any, Any, Any]:
    """Of the text encoder, the codec (44.1 kHz, 9 codebooks, as the real one has) and the decoder."""
    from parler_tts import ParlerTTSDecoderConfig
    from transformers import DacConfig, T5Config

    text = T5Config(
        vocab_size=len(_WORDS), d_model=_WIDE, d_kv=16, d_ff=64, num_layers=1, num_heads=_HEADS, pad_token_id=0
    )
    codec = DacConfig(
        encoder_hidden_size=4,
        decoder_hidden_size=64,
        n_codebooks=CODEBOOKS,
        codebook_size=_CODES,
        codebook_dim=4,
        sampling_rate=44_100,
    )
    decoder = ParlerTTSDecoderConfig(
        vocab_size=_CODES_AND_MARKS,
        max_position_embeddings=4096,
        num_hidden_layers=1,
        ffn_dim=64,
        num_attention_heads=_HEADS,
        hidden_size=_WIDE,
        num_codebooks=CODEBOOKS,
        pad_token_id=_END,
        eos_token_id=_END,
        bos_token_id=_BEGIN,
    )
    return text, codec, decoder


def _tokenizer() -> Any:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = Tokenizer(models.WordLevel({word: number for number, word in enumerate(_WORDS)}, unk_token="<unk>"))
    letters.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    letters.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=letters, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=512
    )


if __name__ == "__main__":
    from media.tts.parler_package import load_package

    load_package()
    tiny_parler(Path(sys.argv[1]) / "ending", ends=0.5)
    tiny_parler(Path(sys.argv[1]) / "endless", ends=-10.0)
