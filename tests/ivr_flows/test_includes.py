"""A flows file of several files: one namespace, every problem with its own file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ivr_flows.loader import check, load_flows, parse_flows
from ivr_flows.problems import FlowError, Level, Problem
from ivr_flows.sounds import sounds_of
from ivr_flows.sources import MOST_DEPTH, MOST_FILES

FLOW = """\
  {name}:
    languages: [en]
    outcomes: [done, lost]
    on_hang_up: lost
    gives_up: bye
    start: hello
    steps:
      hello:
        ask: {{en: "Press one."}}
        options:
          go: {{key: "1", next: bye}}
      bye: {{say: {{en: Goodbye.}}, hang_up: done}}
"""


def flows(*names: str) -> str:
    return "flows:\n" + "".join(FLOW.format(name=name) for name in names)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "flows.yaml"


def errors(folder: Path, files: Mapping[str, str]) -> list[str]:
    found = check(write(folder, files))
    return [_short(folder, problem) for problem in found if problem.level is Level.ERROR]


def _short(folder: Path, problem: Problem) -> str:
    return str(problem).replace(f"{folder}/", "")


def test_all_files_are_one_namespace_and_the_book_knows_them(tmp_path: Path) -> None:
    first = write(
        tmp_path,
        {
            "flows.yaml": "include: [a/one.yaml, two.yaml]\nroutes: [{any: true, flow: two}]\n" + flows("zero"),
            "a/one.yaml": "include: [b/deep.yaml]\n" + flows("one"),
            "a/b/deep.yaml": 'routes: [{number: "100", flow: zero}]\n' + flows("deep"),
            "two.yaml": flows("two"),
        },
    )
    book = load_flows(first)
    assert set(book.flows) == {"zero", "one", "deep", "two"}
    assert [rule.flow for rule in book.routes] == ["two", "zero"]
    assert book.files == tuple(tmp_path / name for name in ("flows.yaml", "a/one.yaml", "a/b/deep.yaml", "two.yaml"))


def test_problems_stand_in_their_own_files(tmp_path: Path) -> None:
    found = errors(
        tmp_path,
        {
            "flows.yaml": "include: [a/one.yaml]\n" + flows("zero").replace("next: bye", "next: by"),
            "a/one.yaml": flows("one").replace("hang_up: done}", "hang_up: dne}"),
        },
    )
    assert [line.split(" ", 1)[0] for line in found] == ["a/one.yaml:13:43:", "flows.yaml:13:32:"]


def test_a_name_is_given_once_in_all_files(tmp_path: Path) -> None:
    extra = "unrouted: decline\nhours: {shop: {open: {mon: 09:00-10:00}}}\n"
    found = errors(
        tmp_path,
        {"flows.yaml": f"include: [one.yaml]\n{extra}" + flows("zero"), "one.yaml": extra + flows("zero")},
    )
    assert found == [
        "one.yaml:1:1: `unrouted` is given already, in flows.yaml, line 2 [same-name]",
        "one.yaml:2:9: the hours 'shop' is here twice; first in flows.yaml, line 3 [same-name]",
        "one.yaml:4:3: the flow 'zero' is here twice; first in flows.yaml, line 5 [same-name]",
    ]


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("[none.yaml]", "flows.yaml:1:11: none.yaml can't be read: No such file or directory [include]"),
        ("[../out.yaml]", "expected a file below this one's folder, got '../out.yaml' [include]"),
        ("[/etc/passwd]", "expected a file below this one's folder, got '/etc/passwd' [include]"),
        ("[flows.yaml]", "flows.yaml includes this file: they go in a circle [include]"),
        ("[one.yaml, ./one.yaml]", "flows.yaml:1:21: ./one.yaml is included already, in flows.yaml, line 1 [include]"),
        ("[round.yaml]", "round.yaml:1:11: flows.yaml includes this file: they go in a circle [include]"),
        ("[broken.yaml]", "broken.yaml:2:1: not YAML: while parsing a flow sequence"),
        ("one.yaml", "flows.yaml:1:10: include: input should be a valid tuple, got 'one.yaml' [value]"),
    ],
)
def test_what_cannot_be_included(tmp_path: Path, include: str, expected: str) -> None:
    files = {
        "one.yaml": flows("one"),
        "round.yaml": "include: [flows.yaml]\n",
        "broken.yaml": "routes: [1, 2",
        "flows.yaml": f"include: {include}\n" + flows("zero").replace("next: bye", "next: elsewhere"),
    }
    (found, *others) = errors(tmp_path, files)
    assert expected in found
    assert others == [], "where a file is missing, the rules don't speak of what may be in it"


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_text(flows("out"))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(tmp_path / "out.yaml")
    assert "expected a file below" in errors(folder, {"flows.yaml": "include: [link.yaml]\n" + flows("zero")})[0]


def test_files_are_bounded_in_number_and_depth(tmp_path: Path) -> None:
    names = [f"f{number}.yaml" for number in range(MOST_FILES)]
    many = {name: flows(name.removesuffix(".yaml")) for name in names}
    found = errors(tmp_path / "many", {**many, "flows.yaml": f"include: [{', '.join(names)}]\n"})
    assert [f"at most {MOST_FILES} files" in line for line in found] == [True]
    deep = {f"{'d/' * depth}flows.yaml": "include: [d/flows.yaml]\n" for depth in range(MOST_DEPTH + 2)}
    assert f"{MOST_DEPTH} deep" in errors(tmp_path / "deep", deep)[0]


def test_a_text_without_a_folder_includes_nothing() -> None:
    with pytest.raises(FlowError, match="expected a file below this one's folder"):
        parse_flows("include: [one.yaml]\n" + flows("zero"))


@pytest.mark.parametrize("text", ["flows: {}\n", "routes: []\n", "include: [empty.yaml]\n", "include: []\n"])
def test_without_flows_there_is_nothing_to_do(tmp_path: Path, text: str) -> None:
    found = errors(tmp_path, {"flows.yaml": text, "empty.yaml": "hours: {}\n"})
    assert found == ["flows.yaml:1:1: no flows: expected `flows`, or `include` of some [no-flows]"]


def test_an_included_file_can_be_checked_alone(tmp_path: Path) -> None:
    write(tmp_path, {"flows.yaml": "include: [a/one.yaml]\n", "a/one.yaml": flows("one")})
    assert [p for p in check(tmp_path / "a/one.yaml") if p.level is Level.ERROR] == []


def test_sounds_are_relative_to_the_file_that_names_them(tmp_path: Path) -> None:
    steps = "      tune: {wait: 5s, music: wait.wav, next: bye}\n"
    files = {
        "flows.yaml": "include: [a/one.yaml]\n",
        "a/one.yaml": flows("one")
        .replace('"Press one."', "[{sound: ding.wav}, Press one.]")
        .replace("next: bye", "next: tune")
        + steps,
    }
    (tmp_path / "a").mkdir()
    (tmp_path / "a/ding.wav").touch()
    (tmp_path / "a/wait.wav").touch()
    body = load_flows(write(tmp_path, files)).flows["one"].body
    assert sorted(sound for _, sound in sounds_of(body)) == ["a/ding.wav", "a/wait.wav"]
