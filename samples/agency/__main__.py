"""Command line: `python -m samples.agency DIR --start-date 2025-11-20`."""

import argparse
from datetime import date
from pathlib import Path

from samples.agency import generate


def main() -> None:
    """Generate the firm into a folder and print the rows written per table."""
    parser = argparse.ArgumentParser(prog="python -m samples.agency", description="Generate a services firm's year.")
    parser.add_argument(
        "directory", type=Path, metavar="DIR", help="folder to write into; files of the same name are replaced"
    )
    parser.add_argument("--start-date", type=date.fromisoformat, required=True, help="first day of the twelve months")
    parser.add_argument("--contracts", type=int, default=120)
    parser.add_argument("--transactions", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--format", dest="file_format", choices=["csv", "parquet"], default="csv")
    arguments = parser.parse_args()
    try:
        rows = generate(**vars(arguments))
    except ValueError as refusal:
        parser.error(str(refusal))
    for table, count in rows.items():
        print(f"{table:<24}{count:>12,}")


if __name__ == "__main__":
    main()
