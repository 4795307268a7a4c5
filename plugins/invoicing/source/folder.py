"""Which file of a source folder holds which table."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from invoicing.source.batches import unreadable
from invoicing.source.problems import Problems
from invoicing.source.tables import TABLES, TABLES_BY_NAME, Table

FORMATS = (".csv", ".parquet")


def find_files(folder: Path, problems: Problems) -> dict[Table, Path]:
    """The file of each table that the folder holds, parents first. Files of other formats are none of its business."""
    if not folder.is_dir():
        what = "is a file; name the folder it is in" if folder.exists() else "is not there; check the path"
        problems.add(str(folder), None, None, what)
        return {}
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        problems.add(str(folder), None, None, f"cannot be read: {error.strerror}")
        return {}
    found: dict[str, list[Path]] = {}
    for path in paths:
        if path.suffix.lower() not in FORMATS or path.name.startswith("."):
            continue
        if path.stem in TABLES_BY_NAME and path.suffix in FORMATS:
            found.setdefault(path.stem, []).append(path)
        else:
            problems.add(path.name, None, None, _unknown(path))
    if not found and not problems.total:
        names = ", ".join(table.name for table in TABLES)
        problems.add(str(folder), None, None, f"holds no source file; expected NAME.csv or NAME.parquet of: {names}")
    files = {table: _only(found.get(table.name, []), problems) for table in TABLES}
    return {table: path for table, path in files.items() if path is not None}


def _unknown(path: Path) -> str:
    close = get_close_matches(path.stem.lower(), TABLES_BY_NAME, n=1)
    if close:
        return f"is no table of the source format; did you mean {close[0]}{path.suffix.lower()}?"
    return f"is no table of the source format; the tables are: {', '.join(sorted(TABLES_BY_NAME))}"


def _only(paths: list[Path], problems: Problems) -> Path | None:
    if not paths:
        return None
    path = paths[0]
    if len(paths) > 1:
        reason = f"stands beside {paths[1].name}; keep one file of a table"
    elif path.is_dir():
        reason = "is a folder; write the table as one file"
    elif path.is_symlink() and not path.exists():
        reason = "is a link to nothing; fix the link, or put the file itself there"
    elif not path.is_file():
        reason = "is a pipe, a socket or a device; write the table as a file"
    else:
        return path
    unreadable(problems, path, reason)
    return None
