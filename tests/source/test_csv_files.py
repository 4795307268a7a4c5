"""Reading CSV: encodings, delimiters, quotes, lengths of rows, and the physical line of each problem."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.errors import LoadRefusedError
from invoicing.source import csv_files
from invoicing.source.problems import Problems
from invoicing.source.tables import TABLES_BY_NAME
from tests.source.folders import SourceFolder, load, problems_of
from tests.world.stored import source_rows
from tests.world.world import World

HEADER = "customer_id,name\n"
KNOWN = "adatum,Adatum\nfabrikam,Fabrikam\n"


def customers(world: World, source: SourceFolder, text: str | bytes) -> list[str]:
    """Problems of a folder of the one file customers.csv."""
    return problems_of(world, source.only("roles").write_text("customers.csv", text))


@pytest.mark.parametrize("text", ["", "\n", "\n" + HEADER])
def test_file_without_header_is_refused(empty: World, source: SourceFolder, text: str) -> None:
    assert customers(empty, source, text) == [
        "customers.csv, line 1: there is no header; the first line must name the columns"
    ]


@pytest.mark.parametrize("text", [HEADER, HEADER.strip(), HEADER + "\n\r\n"])
def test_header_alone_is_fine(scratch: World, source: SourceFolder, text: str) -> None:
    assert customers(scratch, source, text) == []


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + (HEADER + KNOWN).encode(),
        (HEADER + KNOWN).replace("\n", "\r\n").encode(),
        (HEADER + KNOWN).strip().encode(),
        (HEADER + KNOWN).replace("\n", "\r").encode(),
        ("name,customer_id\n" + "Adatum,adatum\nFabrikam,fabrikam\n").encode(),
        (HEADER + "\n" + KNOWN + "\n\n").encode(),
    ],
    ids=["byte order mark", "CRLF", "no last line end", "CR", "other order of columns", "blank lines"],
)
def test_other_ways_to_write_the_same_are_read(world: World, source: SourceFolder, text: bytes) -> None:
    assert customers(world, source, text) == []
    assert source_rows(world, "customers", "customer_id", "name") == [
        ("adatum", "Adatum"),
        ("fabrikam", "Fabrikam"),
    ]


def test_quoted_text_arrives_as_it_was_written(world: World, source: SourceFolder) -> None:
    text = 'Said "done",\r\nand left\\N; é 漢 \t\\.'
    load(world, source.change("transactions", description=text).write())
    assert source_rows(world, "transactions", "description") == [(text,)]


@pytest.mark.parametrize("field", ["", '""'])
def test_empty_field_is_null_quoted_or_not(world: World, source: SourceFolder, field: str) -> None:
    folder = source.only().write_text("roles.csv", f"role_id,name,target_utilization_percent\nr,Role,{field}\n")
    load(world, folder)
    assert source_rows(world, "roles", "target_utilization_percent") == [(None,)]


@pytest.mark.parametrize(("delimiter", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "vertical bars")])
def test_other_delimiter_is_named(empty: World, source: SourceFolder, delimiter: str, name: str) -> None:
    problems = customers(empty, source, (HEADER + KNOWN).replace(",", delimiter))
    assert problems == [
        f"customers.csv, line 1: fields are separated by {name} ({delimiter!r}); separate them by commas"
    ]


def test_field_that_is_not_utf8_is_named_with_its_line(empty: World, source: SourceFolder) -> None:
    problems = customers(empty, source, (HEADER + KNOWN + "x,Soci\xe9t\xe9\n").encode("latin-1"))
    assert problems == [
        "customers.csv, line 4, column name: 'Soci\N{REPLACEMENT CHARACTER}t\N{REPLACEMENT CHARACTER}' is not UTF-8;"
        " save the file as UTF-8"
    ]


def test_header_that_is_not_utf8_is_refused(empty: World, source: SourceFolder) -> None:
    (problem,) = customers(empty, source, "customer_id,name,soci\xe9t\xe9\n".encode("latin-1"))
    assert problem.startswith("customers.csv, line 1: ")
    assert problem.endswith("is not UTF-8; save the file as UTF-8")


def test_utf16_is_recognised(empty: World, source: SourceFolder) -> None:
    assert customers(empty, source, (HEADER + KNOWN).encode("utf-16")) == [
        "customers.csv, line 1: is not UTF-8 text, UTF-16 it seems; save it as UTF-8"
    ]


def test_row_with_too_many_fields_is_shown(empty: World, source: SourceFolder) -> None:
    assert customers(empty, source, HEADER + "adatum,Adatum, Inc.\n") == [
        "customers.csv, line 2: 'adatum,Adatum, Inc.' has 3 fields, the header has 2; quote fields that hold commas"
    ]


def test_row_with_too_few_fields_is_shown(empty: World, source: SourceFolder) -> None:
    assert customers(empty, source, HEADER + KNOWN + "x\n") == [
        "customers.csv, line 4: 'x' has 1 field, the header has 2; quote fields that hold commas"
    ]


def test_quote_that_is_never_closed_is_refused(empty: World, source: SourceFolder) -> None:
    assert customers(empty, source, HEADER + KNOWN + 'x,"X\ny,Y\n') == [
        "customers.csv, line 4: a quote is opened here and never closed",
        r"customers.csv, line 4, column name: 'X\ny,Y\n' holds a line break; write it on one line, and look for a quote"
        " that is opened and not closed",
    ]


def test_quoted_text_of_several_lines_may_end_a_file(scratch: World, source: SourceFolder) -> None:
    (row,) = source.tables["transactions"]
    row["description"] = row.pop("description") + "\nof two days"
    assert problems_of(scratch, source.write()) == []


def test_quote_that_swallows_more_than_a_block_is_refused(
    empty: World, source: SourceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "BLOCK_BYTES", 1 << 10)
    problems = customers(empty, source, HEADER + KNOWN + 'x,"X\n' + KNOWN * 100)
    assert problems == ["customers.csv, line 3: after this line a quote is opened and not closed within 1,024 bytes"]


def test_nul_character_is_refused(empty: World, source: SourceFolder) -> None:
    assert customers(empty, source, HEADER + "adatum,Ada\0tum\n") == [
        r"customers.csv, line 2, column name: 'Ada\x00tum' holds a NUL character, which no database text can; remove it"
    ]


def test_lines_are_physical_when_fields_hold_line_breaks(empty: World, source: SourceFolder) -> None:
    source.change("transactions", description="one\ntwo\r\nthree")
    source.add("transactions", transaction_id="T-2", quantity="x")
    source.add("transactions", transaction_id="T-3", description="", quantity="y")
    lines = [problem.partition(":")[0] for problem in problems_of(empty, source.write())]
    assert lines == ["transactions.csv, line 5, column quantity", "transactions.csv, line 8, column quantity"]


@pytest.mark.parametrize("block", [64, 1 << 20])
def test_lines_are_physical_around_blank_broken_and_long_rows(
    empty: World, source: SourceFolder, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csv_files, "BLOCK_BYTES", block)
    text = (
        "role_id,name,target_utilization_percent\n"  # 1
        "a,A,80\n"
        "\n"
        'b,"B,\n",x\n'  # 4, 5
        'only "one\n'  # 6
        "c,C,y\n"
        '"d\n\n",D\n'  # 8 to 10
        ",,\n"
        "e,E,z\n"  # 12
        "f,F,90,1\n"  # 13
    )
    problems = problems_of(empty, source.only().write_text("roles.csv", text))
    assert [problem.partition(":")[0] for problem in problems] == [
        "roles.csv, line 4, column name",
        "roles.csv, line 4, column target_utilization_percent",
        "roles.csv, line 6",
        "roles.csv, line 7, column target_utilization_percent",
        "roles.csv, line 8",
        "roles.csv, line 12, column target_utilization_percent",
        "roles.csv, line 13",
    ]


def test_reading_ends_after_a_thousand_rows_of_the_wrong_length(empty: World, source: SourceFolder) -> None:
    problems = customers(empty, source, HEADER + KNOWN + "x\n" * 5_000)
    assert len(problems) == 100
    assert problems[0].startswith("customers.csv, line 4: 'x' has 1 field")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyarrow cannot show us such a row
def test_row_of_the_wrong_length_that_is_not_utf8_is_refused(empty: World, source: SourceFolder) -> None:
    (problem,) = customers(empty, source, HEADER.encode() + KNOWN.encode() + b"\xe9\n")
    assert problem.startswith("customers.csv, line 1: cannot be read as CSV after this line: ")


texts = st.text(st.sampled_from('ab,"\n\r\té '), max_size=20)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(st.sampled_from(["row", "short", "long", "blank"]), texts), max_size=300))
def test_every_row_is_found_as_it_was_written_and_on_its_line(rows: list[tuple[str, str]]) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    fields = {"row": 3, "short": 2, "long": 4, "blank": 0}
    lines: dict[str, list[int]] = {kind: [] for kind in fields}
    writer.writerow(["role_id", "name", "target_utilization_percent"])
    for kind, text in rows:
        lines[kind].append(written.getvalue().count("\n") + 1)
        writer.writerow([f"{text}!"] * fields[kind])

    problems = Problems()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_files, "BLOCK_BYTES", 1 << 9)  # many blocks of a few rows
        path = Path(folder) / "roles.csv"
        path.write_text(written.getvalue(), encoding="utf-8", newline="")
        batches = list(csv_files.read_csv(path, TABLES_BY_NAME["roles"], problems))

    assert [line for batch in batches for line in batch.lines] == lines["row"]
    found = [value.as_py().decode() for batch in batches for value in batch.values["name"]]
    assert found == [f"{text}!" for kind, text in rows if kind == "row"]
    assert problems.total == len(lines["short"] + lines["long"])
    if problems.total:
        with pytest.raises(LoadRefusedError) as refused:
            problems.refuse_if_any("folder")
        assert [problem.line for problem in refused.value.problems] == sorted(lines["short"] + lines["long"])[:100]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(descriptions=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50), min_size=1))
def test_any_text_arrives_as_it_was_written(scratch: World, descriptions: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = SourceFolder(Path(folder) / "source")
        (row,) = source.tables["transactions"]
        source.tables["transactions"] = [
            {**row, "transaction_id": f"text {number:04}", "description": text}
            for number, text in enumerate(descriptions)
        ]
        load(scratch, source.write(csv.QUOTE_ALL))
    kept = dict(source_rows(scratch, "transactions", "transaction_id", "description"))
    assert [kept[f"text {number:04}"] or "" for number, _ in enumerate(descriptions)] == descriptions
