"""The catalogue is consistent, and asks for what its licences want."""

from __future__ import annotations

import re

import pytest

from ari_app.models.catalogue import CATALOGUE, Kind, Model, how_to_fetch
from ari_app.models.errors import ModelError
from ari_app.models.hub import check_reference
from ari_app.models.ordering import order_for, order_of
from media.registry import Engines, installed


@pytest.mark.parametrize("model", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_each_model_has_a_place_and_an_engine(model: Model) -> None:
    assert bool(model.sources) != bool(model.wheel)
    assert model.size_bytes > 1_000_000 and model.languages and model.good_for
    for source in model.sources:
        check_reference(source.repository, source.revision)
        assert source.files
        assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in source.sha256.values())
    assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", model.name)


def test_engines_of_the_catalogue_that_are_here_are_known_by_their_entry_points() -> None:
    kinds = {Kind.RECOGNISER: Engines.RECOGNISERS, Kind.VOICE: Engines.SYNTHESISERS, Kind.MIND: Engines.MINDS}
    for name in ("whisper-large-v3-turbo", "distil-whisper-large-v3", "qwen2.5-7b-instruct-q4_k_m"):
        model = CATALOGUE[name]
        assert model.engine in installed(kinds[model.kind])


def test_terms_are_accepted_before_anything_is_fetched() -> None:
    qwen = CATALOGUE["qwen2.5-3b-instruct-q4_k_m"]
    with pytest.raises(
        ModelError, match=r"Qwen-Research: not for commercial use\. Where you keep to that: .*--accept-l"
    ):
        order_of(qwen, accepted=False)
    assert order_of(qwen, accepted=True).sources == qwen.sources
    assert order_of(CATALOGUE["kokoro-82m"], accepted=False).licence == "Apache-2.0"
    assert how_to_fetch(qwen).endswith("fetch qwen2.5-3b-instruct-q4_k_m --accept-licence (2.1 GB)")


def test_a_repository_is_ordered_with_patterns_and_an_address_with_its_digest() -> None:
    order = order_for("a/b@v2", name="mine", patterns=["*.gguf"], sha256="")
    assert [(source.repository, source.revision, source.files) for source in order.sources] == [
        ("a/b", "v2", ("*.gguf",))
    ]
    assert order_for("https://x.example/y.bin", name="mine", patterns=[], sha256="A" * 64).sha256 == "a" * 64


@pytest.mark.parametrize(
    ("what", "name", "patterns", "told"),
    [
        ("whisper", "", [], "expected a model of the catalogue, a repository or an address, got 'whisper'"),
        ("a/b", "", ["*"], "expected --as NAME"),
        ("a/b", "kokoro-82m", ["*"], "kokoro-82m is a name of the catalogue's"),
        ("a/b", "mine", [], "expected --files"),
        ("a/b/c", "mine", ["*"], "expected a repository such as"),
        ("../b", "mine", ["*"], "expected a repository such as"),
        ("a/b@../x", "mine", ["*"], "expected a branch, a tag or a commit"),
    ],
)
def test_what_is_no_order_says_why(what: str, name: str, patterns: list[str], told: str) -> None:
    with pytest.raises(ModelError, match=told):
        order_for(what, name=name, patterns=patterns, sha256="")
