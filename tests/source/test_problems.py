"""Collecting problems: the first are kept, all are counted."""

import pytest

from invoicing.errors import LoadRefusedError
from invoicing.source.problems import MAX_LISTED, Problems, shown
from tests.source.folders import SourceFolder, load
from tests.world.world import World


def refusal(problems: Problems) -> LoadRefusedError:
    with pytest.raises(LoadRefusedError) as refused:
        problems.refuse_if_any("folder")
    return refused.value


def test_nothing_is_refused_without_problems() -> None:
    Problems().refuse_if_any("folder")


def test_the_first_hundred_by_file_and_line_are_listed() -> None:
    problems = Problems()
    for line in range(5_000, 0, -1):
        problems.add("b.csv", line, None, "bad")
    problems.add("a.csv", 7, "name", "bad")
    refused = refusal(problems)
    assert [(problem.file, problem.line) for problem in refused.problems] == [
        ("a.csv", 7),
        *(("b.csv", line) for line in range(1, MAX_LISTED)),
    ]


def test_all_problems_are_counted() -> None:
    problems = Problems()
    problems.add("a.csv", 1, None, "bad")
    problems.add_unlisted(1_000_000)
    refused = refusal(problems)
    assert refused.total == 1_000_001
    assert "1000001 problems (the first 1 are listed)" in str(refused)


def test_every_bad_row_of_a_load_is_counted_once(empty: World, source: SourceFolder) -> None:
    source.tables["transactions"] *= 300
    for number, row in enumerate(source.tables["transactions"]):
        source.tables["transactions"][number] = {**row, "transaction_id": f"T-{number}", "quantity": "x"}
    with pytest.raises(LoadRefusedError) as refused:
        load(empty, source.write())
    assert refused.value.total == 300
    assert [problem.line for problem in refused.value.problems] == list(range(2, 102))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "'plain'"),
        ("a\nb", r"'a\nb'"),
        (b"caf\xe9", "'caf\N{REPLACEMENT CHARACTER}'"),
        ("x" * 50, f"'{'x' * 38}…'"),
    ],
)
def test_values_are_shown_on_one_short_line(value: object, text: str) -> None:
    assert shown(value) == text
