from __future__ import annotations

import pytest

from media.errors import EngineUnavailableError
from media.tts.tags import USUAL_TAGS, known_tags, prepared_with_tags


def test_tags_that_the_engine_knows_are_kept_and_all_others_left_out() -> None:
    said = prepared_with_tags("Hello [Laugh] there 😀 [dances] **now**. [sigh]", "en", frozenset({"laugh", "sigh"}))
    assert said == "Hello [laugh] there now . [sigh]".replace(" .", ".")


def test_an_engine_without_tags_gets_words_alone() -> None:
    assert prepared_with_tags("Well, [chuckle] yes.", "en", frozenset()) == "Well, yes."


def test_a_link_is_no_tag() -> None:
    assert prepared_with_tags("See [the menu](http://x.in/m).", "en", USUAL_TAGS) == "See the menu."


def test_a_tag_alone_is_not_said() -> None:
    assert prepared_with_tags("[laugh] 😀", "en", USUAL_TAGS) == ""


def test_the_option_is_a_list_or_whether() -> None:
    assert known_tags("x", ["Laugh", "clear throat"]) == {"laugh", "clear throat"}
    assert known_tags("x", True) == USUAL_TAGS
    assert known_tags("x", False) == frozenset()
    for wrong in ("laugh", 3, ["[laugh]"], {"laugh": 1}):
        with pytest.raises(EngineUnavailableError, match="x: expected tags such as"):
            known_tags("x", wrong)
