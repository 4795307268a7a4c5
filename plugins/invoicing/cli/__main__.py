"""`python -m invoicing.cli` is the console script."""

from __future__ import annotations

from invoicing.cli import main

if __name__ == "__main__":
    main()
