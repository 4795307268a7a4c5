"""docker-compose.yaml, Dockerfile and scripts/make_env.py, read as text: neither an engine nor an image is needed.

compose-spec.json is the schema of the Compose Specification as of 20 July 2025, unchanged (Apache-2.0,
Copyright 2020 The Compose Specification Authors, https://github.com/compose-spec/compose-spec).
"""

import base64
import json
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from cryptography.fernet import Fernet

from scripts.make_env import SECRETS, add_missing_secrets, fernet_key

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

DATABASES = {"metadata", "warehouse"}
ONE_SHOT = {"airflow-migrate", "warehouse-migrate"}
CELERY = {"redis", "worker"}
LONG_RUNNING = DATABASES | {"api-server", "scheduler", "dag-processor", "triggerer"} | CELERY
AIRFLOW = SERVICES.keys() - DATABASES - {"redis"}
ENVIRONMENT: dict[str, str] = SERVICES["scheduler"]["environment"]

# ${NAME}, ${NAME:-default} or ${NAME:?message}; `$$` is a dollar sign for the container's own shell.
VARIABLES = re.findall(r"(?<!\$)\$\{(\w+)(:[-?])?([^}]*)\}", COMPOSE_TEXT)


def condition(service: str, dependency: str) -> str | None:
    """What `service` waits for in `dependency`, if it waits at all."""
    found: str | None = SERVICES[service].get("depends_on", {}).get(dependency, {}).get("condition")
    return found


def starts_after(service: str) -> set[str]:
    """Everything that `service` waits for, directly or not."""
    direct = set(SERVICES[service].get("depends_on", {}))
    return direct.union(*(starts_after(dependency) for dependency in direct))


def assignments(env_file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in env_file.read_text(encoding="utf-8").splitlines())


def test_compose_file_is_valid_against_the_specification() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_the_schema_refuses_what_compose_refuses() -> None:
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(schema).validate({"services": {"warehouse": {"helthcheck": {}}}})


def test_services_are_the_ones_these_tests_speak_of() -> None:
    assert SERVICES.keys() == LONG_RUNNING | ONE_SHOT


@pytest.mark.parametrize("image", sorted({service["image"] for service in SERVICES.values()}))
def test_image_is_pinned_to_a_full_version(image: str) -> None:
    assert re.fullmatch(r"[\w/-]+:\d+\.\d+[\w.-]*", image)


def test_base_image_is_the_airflow_that_requirements_txt_pins() -> None:
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pin = re.search(r"^apache-airflow==(\S+)$", requirements, re.MULTILINE)
    assert pin is not None
    assert re.findall(r"^FROM (.*)$", DOCKERFILE, re.MULTILINE) == [f"apache/airflow:{pin[1]}-python3.11"]


def test_our_image_carries_the_version_of_the_project() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in AIRFLOW} == {f"airflow-batch-invoicing:{version}"}


def test_our_image_is_never_sought_in_a_registry() -> None:
    assert {SERVICES[name]["pull_policy"] for name in AIRFLOW} == {"build"}


def test_image_runs_as_the_airflow_user() -> None:
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)[-1:] == ["airflow"]


def test_everything_the_dockerfile_copies_is_in_the_build_context() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    allowed = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    copied = re.findall(r"^COPY (?:--\S+ )*(.*) \S+$", DOCKERFILE, re.MULTILINE)
    assert {source for line in copied for source in line.split()} == allowed


def test_secrets_are_not_in_the_build_context() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignore
    assert "!.env" not in ignore


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_long_running_service_has_a_health_check(name: str) -> None:
    healthcheck = SERVICES[name]["healthcheck"]
    assert healthcheck["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} < healthcheck.keys()


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_health_check_uses_a_program_of_the_image(name: str) -> None:
    programs = {
        "postgres": {"pg_isready"},
        "redis": {"redis-cli"},
        "airflow-batch-invoicing": {"curl", "airflow", "celery"},
    }
    image = SERVICES[name]["image"].split(":")[0]
    assert SERVICES[name]["healthcheck"]["test"][1].split()[0] in programs[image]


@pytest.mark.parametrize("name", sorted(LONG_RUNNING))
def test_long_running_service_restarts(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["scheduler", "worker"])
def test_a_service_that_stops_lets_its_tasks_end_first(name: str) -> None:
    # By default the image's init signals every process, tasks included, and the engine kills all after ten seconds.
    assert SERVICES[name]["environment"]["DUMB_INIT_SETSID"] == "0"
    assert SERVICES[name]["stop_grace_period"] == "5m"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_one_shot_service_has_no_restart_policy(name: str) -> None:
    assert "restart" not in SERVICES[name]


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_one_shot_service_is_waited_for_until_it_succeeded(name: str) -> None:
    conditions = {condition(service, name) for service in SERVICES} - {None}
    assert conditions == {"service_completed_successfully"}


@pytest.mark.parametrize(
    ("migration", "database"), [("airflow-migrate", "metadata"), ("warehouse-migrate", "warehouse")]
)
def test_migration_waits_for_its_healthy_database(migration: str, database: str) -> None:
    assert condition(migration, database) == "service_healthy"


def test_migrations_run_the_commands_that_migrate() -> None:
    assert SERVICES["airflow-migrate"]["command"][2].splitlines()[0] == "airflow db migrate"
    warehouse = SERVICES["warehouse-migrate"]
    assert [*warehouse["entrypoint"], *warehouse["command"]] == ["invoicing", "db", "upgrade"]


def test_login_lies_in_a_volume_that_only_its_writer_and_its_reader_mount() -> None:
    folder = str(Path(ENVIRONMENT["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).parent)
    mounting = {name for name, service in SERVICES.items() if f"auth:{folder}" in service.get("volumes", [])}
    assert mounting == {"airflow-migrate", "api-server"}


@pytest.mark.parametrize("name", ["scheduler", "dag-processor", "triggerer", "worker"])
def test_airflow_waits_for_a_healthy_api_server(name: str) -> None:
    assert condition(name, "api-server") == "service_healthy"


@pytest.mark.parametrize("name", ["api-server", "scheduler", "dag-processor", "triggerer", "worker"])
def test_airflow_starts_after_both_migrations(name: str) -> None:
    assert starts_after(name) >= ONE_SHOT | DATABASES


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_runs_under_an_init(name: str) -> None:
    assert SERVICES[name]["init"] is True


def test_metadata_and_warehouse_are_different_services_roles_and_databases() -> None:
    metadata = ENVIRONMENT["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    warehouse = ENVIRONMENT["AIRFLOW_CONN_INVOICING_WAREHOUSE"]
    uri = re.compile(r"(?P<driver>\S+)://(?P<role>\w+):\$\{(?P<password>\w+):.*\}@(?P<host>\w+):5432/(?P<database>\w+)")
    parts = [match.groupdict() for match in map(uri.fullmatch, (metadata, warehouse)) if match]
    assert [part["driver"] for part in parts] == ["postgresql+psycopg", "postgresql"]
    assert [part["host"] for part in parts] == ["metadata", "warehouse"]
    for part in parts:
        database = SERVICES[part["host"]]["environment"]
        assert database["POSTGRES_USER"] == part["role"]
        assert database["POSTGRES_DB"] == part["database"]
        assert database["POSTGRES_PASSWORD"] == f"${{{part['password']}:?run make env}}"
    assert all(parts[0][field] != parts[1][field] for field in ("role", "password", "database"))


def test_databases_keep_their_data_in_volumes_of_their_own() -> None:
    volumes = [SERVICES[name]["volumes"] for name in sorted(DATABASES)]
    # Up to 17 the image declares the data folder itself as its volume, from 18 on the folder above it.
    assert volumes == [["metadata:/var/lib/postgresql/data"], ["warehouse:/var/lib/postgresql"]]


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_airflow_services_share_one_environment(name: str) -> None:
    assert SERVICES[name]["environment"] == ENVIRONMENT


def test_executor_is_local_unless_env_names_another() -> None:
    assert ENVIRONMENT["AIRFLOW__CORE__EXECUTOR"] == "${AIRFLOW_EXECUTOR:-LocalExecutor}"


def test_only_what_celery_needs_is_left_out_by_default() -> None:
    profiles = {name: service["profiles"] for name, service in SERVICES.items() if "profiles" in service}
    assert profiles == {name: ["celery"] for name in CELERY}


def test_the_head_of_the_file_chooses_profile_and_executor_together() -> None:
    head = COMPOSE_TEXT.partition("\nname:")[0]
    assert r"printf 'COMPOSE_PROFILES=celery\nAIRFLOW_EXECUTOR=CeleryExecutor\n' >> .env" in head


def test_there_are_two_workers() -> None:
    assert SERVICES["worker"]["scale"] == 2


def test_broker_is_the_redis_that_workers_wait_for() -> None:
    assert ENVIRONMENT["AIRFLOW__CELERY__BROKER_URL"] == "redis://redis:6379/0"
    assert condition("worker", "redis") == "service_healthy"


def test_image_holds_exactly_the_pinned_packages() -> None:
    assert re.findall(r"uv pip sync --no-cache (.*)$", DOCKERFILE, re.MULTILINE) == [
        "requirements.txt requirements-celery.txt"
    ]


def test_celery_adds_to_the_pinned_packages_and_changes_none() -> None:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("requirements.txt", "requirements-celery.txt")]
    ours, added = (set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE)) for text in texts)
    assert "celery" in added
    assert not ours & added


def test_celery_is_older_than_the_release_that_its_provider_cannot_import() -> None:
    pinned = (ROOT / "requirements-celery.txt").read_text(encoding="utf-8")
    assert re.search(r"^celery==5\.6\.\d+$", pinned, re.MULTILINE)


def test_tasks_find_the_execution_api_at_the_api_server() -> None:
    assert ENVIRONMENT["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://api-server:8080/execution/"


def test_deployed_dags_are_active_and_examples_absent() -> None:
    assert ENVIRONMENT["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "False"
    assert ENVIRONMENT["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"


def test_only_the_api_server_publishes_a_port_and_only_on_localhost() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"api-server": ["127.0.0.1:${AIRFLOW_PORT:-8080}:8080"]}


def test_every_variable_has_a_default_or_a_message() -> None:
    assert {(operator, text) for _, operator, text in VARIABLES if operator != ":-"} == {(":?", "run make env")}


def test_make_env_writes_every_variable_that_compose_demands() -> None:
    assert {name for name, operator, _ in VARIABLES if operator == ":?"} == SECRETS.keys()


def test_no_secret_stands_in_the_compose_file() -> None:
    environments = [service.get("environment", {}) for service in SERVICES.values()]
    secret = re.compile(r"(PASSWORD|SECRET|KEY)$")
    values = [value for block in environments for name, value in block.items() if secret.search(name)]
    assert all(re.fullmatch(r"\$\{\w+:\?[^}]*\}", value) for value in values)
    assert not re.search(r"://\w+:(?!\$\{)[^\s@]*@", COMPOSE_TEXT)


def test_make_env_writes_a_file_for_the_owner_alone(tmp_path: Path) -> None:
    add_missing_secrets(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_make_env_closes_a_file_that_all_could_read(tmp_path: Path) -> None:
    (tmp_path / ".env").touch(mode=0o644)
    add_missing_secrets(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_make_env_never_overwrites(tmp_path: Path) -> None:
    add_missing_secrets(tmp_path / ".env")
    before = (tmp_path / ".env").read_bytes()
    assert add_missing_secrets(tmp_path / ".env") == []
    assert (tmp_path / ".env").read_bytes() == before


def test_make_env_adds_to_a_file_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AIRFLOW_PORT=8081\nWAREHOUSE_PASSWORD=mine", encoding="utf-8")
    assert set(add_missing_secrets(tmp_path / ".env")) == SECRETS.keys() - {"WAREHOUSE_PASSWORD"}
    written = assignments(tmp_path / ".env")
    assert written.keys() == SECRETS.keys() | {"AIRFLOW_PORT"}
    assert (written["AIRFLOW_PORT"], written["WAREHOUSE_PASSWORD"]) == ("8081", "mine")


def test_make_env_writes_values_that_need_no_quoting(tmp_path: Path) -> None:
    add_missing_secrets(tmp_path / ".env")
    assert all(re.fullmatch(r"[\w=-]+", value) for value in assignments(tmp_path / ".env").values())


def test_make_env_gives_every_secret_a_value_of_its_own(tmp_path: Path) -> None:
    add_missing_secrets(tmp_path / ".env")
    add_missing_secrets(tmp_path / "other")
    values = [*assignments(tmp_path / ".env").values(), *assignments(tmp_path / "other").values()]
    assert len(set(values)) == 2 * len(SECRETS)


def test_fernet_key_is_32_bytes_that_fernet_accepts() -> None:
    key = fernet_key()
    assert len(base64.urlsafe_b64decode(key)) == 32
    assert Fernet(key).decrypt(Fernet(key).encrypt(b"connection")) == b"connection"


def test_jwt_secret_is_long_enough_for_hs512() -> None:
    assert len(SECRETS["AIRFLOW_JWT_SECRET"]()) >= 64
