"""What is wrong with a source folder: all of it counted, the first of it listed."""

from __future__ import annotations

from invoicing.errors import LoadRefusedError, Problem

MAX_LISTED = 100
_SHOWN_CHARACTERS = 40


def shown(value: object) -> str:
    """A value as a message quotes it: on one line, shortened where it is long, bytes as the text they nearly are."""
    text = repr(value.decode(errors="replace") if isinstance(value, bytes) else str(value))
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…'"


class Problems:
    """Collects problems in any order; of each file only as many are kept as can ever be listed.

    `incomplete` names the tables of which some row or key could not be taken in. What refers to them is not judged: a
    contract line that could not be read must not make every transaction of it look wrong.
    """

    def __init__(self) -> None:
        self.total = 0
        self.incomplete: set[str] = set()
        self._by_file: dict[str, list[Problem]] = {}

    def add(self, file: str, line: int | None, column: str | None, reason: str) -> None:
        """One problem; see `invoicing.errors.Problem`."""
        self.total += 1
        kept = self._by_file.setdefault(file, [])
        kept.append(Problem(file, line, column, reason))
        if len(kept) >= 10 * MAX_LISTED:
            self._by_file[file] = sorted(kept, key=_place)[:MAX_LISTED]

    def add_unlisted(self, count: int) -> None:
        """Further problems that are known by their number alone, since more than can be listed were found before."""
        self.total += count

    def refuse_if_any(self, folder: str) -> None:
        """Ends the load when there is anything to fix.

        Raises:
            LoadRefusedError: lists the first problems by file and line.
        """
        if self.total:
            listed = sorted((problem for kept in self._by_file.values() for problem in kept), key=_place)
            raise LoadRefusedError(folder, listed[:MAX_LISTED], self.total)


def _place(problem: Problem) -> tuple[str, int, str]:
    return problem.file, problem.line or 0, problem.column or ""
