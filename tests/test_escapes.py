"""What of a text is shown as it is, and what is written out."""

from __future__ import annotations

import json

import pytest

from invoicing.escapes import markdown, printable
from invoicing.reports import to_json


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Tom [/] Jerry",
        "<script>",
        "%s {x}",
        "Žofie Müller",
        "株式会社　東京",
        "क्\u200dष",
        "👩\u200d💻",
        "a\u00a0b",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", r"a\u001b[31mb"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("a\x00b\x7f\x9b", r"a\u0000b\u007f\u009b"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),
        ("a\u2028b\u0085", r"a\u2028b\u0085"),
        ("a\udcffb", r"a\udcffb"),
        ("a\U000e0001b", r"a\udb40\udc01b"),
    ],
)
def test_what_is_not_seen_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("text", ["a\x1b\x7f\u202e\u2028\U000e0001", 'a"\\\nb'])
def test_json_is_printable_and_reads_back(text: str) -> None:
    written = to_json({"name": text})
    assert json.loads(written) == {"name": text}
    assert all(printable(line) == line for line in written.split("\n"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[a](b)", r"\[a\](b)"),
        ("<script>", r"\<script\>"),
        ("*a* _b_ ~c~ a|b #d &lt;", r"\*a\* \_b\_ \~c\~ a\|b \#d \&lt;"),
        ("adatum_implementation, run `invoicing db upgrade`", "adatum_implementation, run `invoicing db upgrade`"),
        ("- a\n\n# b", r"\- a\\n\\n\# b"),
    ],
)
def test_markdown_shows_what_stands_there(text: str, shown: str) -> None:
    assert markdown(text) == shown
