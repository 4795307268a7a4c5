"""Which files a folder may hold."""

import os
from pathlib import Path

import pytest

from invoicing.errors import LoadRefusedError
from tests.source.folders import SourceFolder, load, problems_of
from tests.world.world import World


def test_folder_of_all_fourteen_files_loads(world: World, source: SourceFolder) -> None:
    result = load(world, source.write())
    assert {table.name: (table.rows, table.inserted, table.changed) for table in result.tables} == {
        name: (len(rows), len(rows), 0) for name, rows in source.tables.items()
    }


def test_five_files_are_enough(scratch: World, source: SourceFolder) -> None:
    source.change("contract_lines", invoice_frequency_id="").only(
        "customers", "project_contracts", "contract_lines", "contract_line_customers", "transactions"
    )
    assert problems_of(scratch, source.write()) == []


def test_transactions_alone_load_once_the_warehouse_knows_the_rest(world: World, source: SourceFolder) -> None:
    load(world, source.write())
    later = (
        SourceFolder(source.path.with_name("later")).only("transactions").change("transactions", transaction_id="T-2")
    )
    assert problems_of(world, later.write()) == []


def test_folder_that_is_not_there_is_refused(empty: World, tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert problems_of(empty, missing) == [f"{missing}: is not there; check the path"]


def test_file_in_place_of_a_folder_is_refused(empty: World, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("customer_id,name\n")
    assert problems_of(empty, file) == [f"{file}: is a file; name the folder it is in"]


def test_folder_without_source_files_is_refused(empty: World, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("nothing here")
    (problem,) = problems_of(empty, tmp_path)
    assert problem.startswith(f"{tmp_path}: holds no source file; expected NAME.csv or NAME.parquet of: customers, ")


def test_folder_that_may_not_be_read_is_refused(
    empty: World, source: SourceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = source.write()
    monkeypatch.setattr(Path, "iterdir", refuse)
    assert problems_of(empty, folder) == [f"{folder}: cannot be read: Permission denied"]


def test_file_that_may_not_be_read_is_refused(
    empty: World, source: SourceFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, *arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    folder = source.only("customers").write()
    monkeypatch.setattr(Path, "open", refuse)
    assert problems_of(empty, folder) == ["customers.csv: cannot be read: Permission denied"]


def test_file_of_an_unknown_table_is_refused(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.write_text("Transaction.csv", "a,b\n"))
    assert problems == ["Transaction.csv: is no table of the source format; did you mean transactions.csv?"]


def test_unknown_file_name_without_a_likeness_names_the_tables(empty: World, source: SourceFolder) -> None:
    (problem,) = problems_of(empty, source.write_text("xyz.parquet", ""))
    assert "the tables are: contract_customers, contract_line_customers, " in problem


@pytest.mark.parametrize("name", ["README.md", "notes.txt", ".~lock.customers.csv", "customers.csv.bak"])
def test_other_files_are_ignored(scratch: World, source: SourceFolder, name: str) -> None:
    assert problems_of(scratch, source.write_text(name, "whatever")) == []


def test_table_as_csv_and_as_parquet_is_refused(empty: World, source: SourceFolder) -> None:
    problems = problems_of(empty, source.write_text("customers.parquet", ""))
    assert problems == ["customers.csv: stands beside customers.parquet; keep one file of a table"]


def test_folder_in_place_of_a_file_is_refused(empty: World, source: SourceFolder) -> None:
    del source.tables["roles"]
    (source.write() / "roles.parquet").mkdir()
    assert problems_of(empty, source.path) == ["roles.parquet: is a folder; write the table as one file"]


def test_link_to_nothing_is_refused(empty: World, source: SourceFolder) -> None:
    del source.tables["roles"]
    (source.write() / "roles.csv").symlink_to("missing.csv")
    assert problems_of(empty, source.path) == [
        "roles.csv: is a link to nothing; fix the link, or put the file itself there"
    ]


def test_link_to_a_file_loads(scratch: World, source: SourceFolder) -> None:
    file = source.write() / "roles.csv"
    file.rename(source.path.with_name("elsewhere.csv"))
    file.symlink_to("../elsewhere.csv")
    assert problems_of(scratch, source.path) == []


def test_pipe_in_place_of_a_file_is_refused(empty: World, source: SourceFolder) -> None:
    del source.tables["roles"]
    os.mkfifo(source.write() / "roles.csv")
    assert problems_of(empty, source.path) == ["roles.csv: is a pipe, a socket or a device; write the table as a file"]


def test_message_of_a_refusal_lists_the_problems_below_their_number(empty: World, source: SourceFolder) -> None:
    folder = source.change("customers", name="").write()
    with pytest.raises(LoadRefusedError) as refusal:
        load(empty, folder)
    assert str(refusal.value) == (
        f"INV-201: nothing of {folder} was loaded: 1 problem; fix the folder and load again\n"
        "  customers.csv, line 2, column name: is empty; a value is required"
    )
