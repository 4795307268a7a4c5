"""What every DAG of the project has to keep."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from invoicing.airflow.ui.labels import Owner, Tag
from invoicing.settings import PROJECT_ROOT
from invoicing.web.runbook import RUNBOOK, as_html
from tests.dags.conftest import read_dags

DAG_FILES = sorted((PROJECT_ROOT / "dags").glob("*.py"))
DAG_IDS = [path.stem for path in DAG_FILES]
DAILY = ("create_invoices", "generate_invoice_schedules")
BY_HAND = sorted(set(DAG_IDS) - set(DAILY))


def test_every_dag_file_imports(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}


def test_bad_setting_is_an_import_error_that_names_it(airflow_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INVOICING_SCHEDULE", "every day")
    errors = read_dags().import_errors
    assert {Path(name).stem for name in errors} == set(DAILY)
    named = "INV-101: setting INVOICING_SCHEDULE: Value error, 'every day' is not a cron expression"
    assert [error for error in errors.values() if named not in error] == []


def test_every_dag_file_holds_the_dag_of_its_name(dag_bag: Any) -> None:
    assert sorted(dag_bag.dags) == DAG_IDS


def test_the_plugins_import_without_errors(airflow_database: None) -> None:
    from airflow import plugins_manager  # noqa: PLC0415

    _, errors = plugins_manager._get_plugins()
    assert errors == {}


def test_the_plugin_loader_sees_one_file_alone() -> None:
    ignored = (PROJECT_ROOT / "plugins" / ".airflowignore").read_text().split()
    seen = (PROJECT_ROOT / "plugins").glob("*.py")
    assert ignored == ["invoicing/"]
    assert [path.name for path in seen] == ["invoicing_plugin.py"]


def test_no_module_of_the_package_is_named_as_one_of_the_standard_library() -> None:
    stems = {path.stem for path in (PROJECT_ROOT / "plugins").rglob("*.py")} - {"__init__"}
    assert not stems & sys.stdlib_module_names


def test_airflow_is_imported_in_its_own_folder_alone() -> None:
    package = PROJECT_ROOT / "plugins" / "invoicing"
    outside = [path for path in package.rglob("*.py") if package / "airflow" not in path.parents]
    guilty = [path.name for path in outside if "airflow" in _imported_roots(path)]
    assert guilty == []


def test_what_is_behind_airflow_s_public_interface_is_imported_in_one_module_alone() -> None:
    package = PROJECT_ROOT / "plugins" / "invoicing" / "airflow"
    public = ("airflow.sdk", "airflow.providers", "airflow.listeners")
    guilty = {
        path.name
        for path in package.rglob("*.py")
        for name in _imported(path)
        if name.split(".")[0] == "airflow" and (not name.startswith(public) or "._" in name)
    }
    assert guilty == {"compat.py"}


@pytest.mark.parametrize("path", DAG_FILES, ids=DAG_IDS)
def test_a_dag_file_takes_of_the_package_what_knows_airflow_and_the_settings(path: Path) -> None:
    own = [name for name in _imported(path) if name.startswith("invoicing")]
    assert [name for name in own if not name.startswith(("invoicing.airflow.", "invoicing.settings."))] == []


def _imported_roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in _imported(path)}


def _imported(path: Path) -> set[str]:
    """Everything that a module imports, by its full name."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{name.name}" for name in node.names}
    return names


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_a_dag_has_a_runbook(dag_bag: Any, dag_id: str) -> None:
    assert len(dag_bag.dags[dag_id].doc_md) > 300


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_a_dag_has_tags_of_the_enum_alone(dag_bag: Any, dag_id: str) -> None:
    tags = dag_bag.dags[dag_id].tags
    assert tags
    assert tags <= {str(tag) for tag in Tag}


@pytest.mark.parametrize("dag_id", DAILY)
def test_a_daily_dag_runs_once_at_a_time(dag_bag: Any, dag_id: str) -> None:
    assert dag_bag.dags[dag_id].max_active_runs == 1


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_task_has_a_runbook(dag_bag: Any, dag_id: str) -> None:
    assert [task.task_id for task in dag_bag.dags[dag_id].tasks if not task.doc_md] == []


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_runbook_is_markdown_that_is_not_read_as_code(dag_bag: Any, dag_id: str) -> None:
    """Before Python 3.13 a docstring keeps its indentation."""
    shown = {task.task_id: as_html(task.doc_md) for task in dag_bag.dags[dag_id].tasks}
    shown["the DAG"] = as_html(dag_bag.dags[dag_id].doc_md)
    assert [name for name, html in shown.items() if not html.startswith("<h3") or "<pre>" in html] == []


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_runbook_links_to_a_section_of_the_whole_one(dag_bag: Any, dag_id: str) -> None:
    page, sections = as_html(RUNBOOK.read_text()), {}
    for described in (dag_bag.dags[dag_id], *dag_bag.dags[dag_id].tasks):
        name = getattr(described, "task_id", dag_id)
        sections[name] = re.findall(rf"\]\(/invoicing/dags/{dag_id}/runbook(?:#([\w-]+))?\)", described.doc_md)
    assert [name for name, found in sections.items() if not found] == []
    assert [found for found in sections.values() if found[0] and f'id="{found[0]}"' not in page] == []


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_task_has_an_owner_of_the_enum(dag_bag: Any, dag_id: str) -> None:
    assert {task.owner for task in dag_bag.dags[dag_id].tasks} <= {str(owner) for owner in Owner}


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_task_is_retried_by_the_policy(dag_bag: Any, dag_id: str) -> None:
    from invoicing.airflow.tasks.retries import RETRY_POLICY  # noqa: PLC0415

    tasks = dag_bag.dags[dag_id].tasks
    assert all(task.retries >= 2 and task.retry_policy is RETRY_POLICY for task in tasks)


@pytest.mark.parametrize("path", DAG_FILES, ids=DAG_IDS)
def test_a_dag_file_does_nothing_but_wire(path: Path) -> None:
    """At the top level: imports, settings, and one DAG; no function, no connection, no query."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign, ast.With)
    assert [type(node).__name__ for node in body if not isinstance(node, allowed)] == []


@pytest.mark.parametrize("path", DAG_FILES, ids=DAG_IDS)
def test_a_dag_file_is_read_without_pandas(path: Path, airflow_database: None) -> None:
    """Every task reads its DAG file first, and pandas alone would take most of a second."""
    read = f"import runpy, sys; runpy.run_path({str(path)!r}); sys.exit('pandas' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT / "plugins")}
    assert subprocess.run([sys.executable, "-c", read], env=environment, check=False).returncode == 0


@pytest.mark.parametrize("path", DAG_FILES, ids=DAG_IDS)
def test_the_time_to_parse_a_dag_file_is_recorded(
    path: Path, airflow_database: None, record_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from airflow.dag_processing.dagbag import DagBag  # noqa: PLC0415

    started = time.perf_counter()
    bag = DagBag(dag_folder=str(path))
    seconds = time.perf_counter() - started
    record_property("parse_seconds", round(seconds, 3))
    with capsys.disabled():
        print(f"\n{path.name} parses in {seconds:.3f} s")
    assert bag.dags


def test_the_daily_dag_bears_the_name_that_the_batch_job_must_have(dag_bag: Any) -> None:
    assert "create_invoices" in dag_bag.dags


@pytest.mark.parametrize("dag_id", DAILY)
def test_a_daily_dag_is_active_as_soon_as_it_is_deployed(dag_bag: Any, dag_id: str) -> None:
    assert dag_bag.dags[dag_id].is_paused_upon_creation is False


@pytest.mark.parametrize("dag_id", DAILY)
def test_a_daily_dag_runs_daily(dag_bag: Any, dag_id: str) -> None:
    assert dag_bag.dags[dag_id].timetable.expression.split()[2:] == ["*", "*", "*"]


def test_schedules_are_generated_an_hour_before_the_daily_run_in_the_same_time_zone(
    airflow_database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVOICING_TIMEZONE", "Europe/Copenhagen")
    timetables = {dag_id: dag.timetable for dag_id, dag in read_dags().dags.items() if dag_id in DAILY}
    assert [timetables[dag_id].expression for dag_id in DAILY] == ["0 2 * * *", "0 1 * * *"]
    assert {str(timetable.timezone) for timetable in timetables.values()} == {"Europe/Copenhagen"}


@pytest.mark.parametrize("dag_id", DAILY)
def test_a_daily_dag_does_not_make_up_old_runs(dag_bag: Any, dag_id: str) -> None:
    assert dag_bag.dags[dag_id].catchup is False


def test_the_process_has_its_tasks_in_order(dag_bag: Any) -> None:
    order = [task.task_id for task in dag_bag.dags["create_invoices"].topological_sort()]
    assert order == [
        "sleep",
        "find_due_contract_lines",
        "filter_ready_transactions",
        "write_draft_invoices",
        "close_run",
        "report_quarantined",
    ]


def test_closing_the_run_comes_whatever_became_of_the_others_and_is_no_teardown(dag_bag: Any) -> None:
    """A teardown keeps a run alive that somebody marks as failed; what follows this task decides nothing about the run."""
    close_run = dag_bag.dags["create_invoices"].get_task("close_run")
    assert (close_run.trigger_rule, close_run.is_teardown) == ("all_done", False)
    assert close_run.downstream_task_ids == {"report_quarantined"}


def test_no_bucket_waits_for_another(dag_bag: Any) -> None:
    dag = dag_bag.dags["create_invoices"]
    assert set(dag.task_group_dict["buckets"].children) == {"filter_ready_transactions", "write_draft_invoices"}


def test_reporting_quarantined_contracts_does_not_fail_the_dag_run(dag_bag: Any) -> None:
    report = dag_bag.dags["create_invoices"].get_task("report_quarantined")
    assert report.is_teardown
    assert not report.on_failure_fail_dagrun


@pytest.mark.parametrize("dag_id", BY_HAND)
def test_a_dag_by_hand_has_no_schedule_and_can_be_triggered_as_soon_as_it_is_deployed(
    dag_bag: Any, dag_id: str
) -> None:
    dag = dag_bag.dags[dag_id]
    assert (dag.schedule, dag.is_paused_upon_creation) == (None, False)


@pytest.mark.parametrize("dag_id", DAG_IDS)
def test_every_field_of_a_form_has_a_title_and_says_what_to_enter(dag_bag: Any, dag_id: str) -> None:
    fields = [dag_bag.dags[dag_id].params.get_param(name) for name in dag_bag.dags[dag_id].params]
    assert fields
    assert [field.schema["type"] for field in fields if not (field.schema.get("title") and field.description)] == []


@pytest.mark.parametrize("dag_id", BY_HAND)
def test_the_report_of_what_was_refused_decides_nothing_about_the_run(dag_bag: Any, dag_id: str) -> None:
    report = dag_bag.dags[dag_id].get_task("report_refused")
    assert (report.is_teardown, report.on_failure_fail_dagrun) == (True, False)


def test_a_confirmation_that_waits_for_its_approval_holds_up_no_other(dag_bag: Any) -> None:
    assert dag_bag.dags["confirm_invoices"].max_active_runs >= 1000
