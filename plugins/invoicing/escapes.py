"""Text from data, as it can be shown: it moves no cursor, ends no line, turns no reading direction, and is no markup."""

from __future__ import annotations

import re
import unicodedata

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_JOINERS = "\u200c\u200d"  # which scripts and emoji need
# A backtick is left alone: what is code is shown as it stands. So is an underscore within a word.
_MARKDOWN = re.compile(r"^[-+]|[\\*\[\]<>~|#&]|(?<![^\W_])_|_(?![^\W_])")


def printable(text: str) -> str:
    r"""The text with everything that is not seen written out, as `\u001b`, which JSON reads as the character."""
    if text.isprintable():
        return text
    return "".join(character if _is_shown(character) else _written_out(character) for character in text)


def markdown(text: str) -> str:
    """The text for a reader that takes Markdown: printable, and nothing in it is a link, a tag or a cell."""
    return _MARKDOWN.sub(lambda mark: f"\\{mark[0]}", printable(text))


def _is_shown(character: str) -> bool:
    return character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"


def _written_out(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return _SHORT.get(character) or "".join(rf"\u{units[at : at + 4]}" for at in range(0, len(units), 4))
