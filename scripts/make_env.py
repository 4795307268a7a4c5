"""Write the secrets of docker-compose.yaml into `.env`.

A secret that is there already stays: the volumes of the databases were made with it.

Usage: python scripts/make_env.py [FILE]
"""

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path


def fernet_key() -> str:
    """A key as `cryptography.fernet.Fernet.generate_key` makes it, without the package."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


# Letters, digits, `-`, `_` and `=` only: the values stand unquoted in .env, in connection URIs, in JSON and in a shell.
SECRETS: dict[str, Callable[[], str]] = {
    "AIRFLOW_FERNET_KEY": fernet_key,
    "AIRFLOW_API_SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "AIRFLOW_JWT_SECRET": lambda: secrets.token_urlsafe(64),  # HS512 wants 64 bytes
    "AIRFLOW_ADMIN_PASSWORD": lambda: secrets.token_urlsafe(18),
    "METADATA_PASSWORD": lambda: secrets.token_urlsafe(24),
    "WAREHOUSE_PASSWORD": lambda: secrets.token_urlsafe(24),
}


def add_missing_secrets(path: Path) -> list[str]:
    """Append a fresh secret to `path` for each one it lacks, and return their names."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)  # the file may be older, and readable for all
        content = file.read()
        assignments = (line.partition("=") for line in content.splitlines())
        present = {name.strip() for name, _, value in assignments if value.strip()}
        missing = [name for name in SECRETS if name not in present]
        if content and not content.endswith("\n"):
            file.write("\n")
        file.writelines(f"{name}={SECRETS[name]()}\n" for name in missing)
    return missing


def main() -> None:
    """Complete the file named on the command line, or `.env` beside docker-compose.yaml."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / ".env"
    missing = add_missing_secrets(path)
    print(f"{path}: " + (f"added {', '.join(missing)}" if missing else "complete, nothing changed"))


if __name__ == "__main__":
    main()
