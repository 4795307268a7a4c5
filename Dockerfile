# The image of every Airflow service in docker-compose.yaml: the official one, with exactly the packages we tested.
FROM apache/airflow:3.3.2-python3.11

WORKDIR /opt/airflow

# A new volume takes over owner and mode of the folder it covers; without this one, root would own the login file.
RUN mkdir --mode=700 auth

# `sync`, not `install`: the image brings dozens of providers, and our pins would leave them with versions they break on.
COPY --chown=airflow:root requirements.txt requirements-celery.txt ./
RUN uv pip sync --no-cache requirements.txt requirements-celery.txt

# Editable, because the package finds its SQL in ../../include/sql, as seen from its own folder.
COPY --chown=airflow:root pyproject.toml README.md ./
COPY --chown=airflow:root plugins plugins
COPY --chown=airflow:root include include
COPY --chown=airflow:root docs/runbook.md docs/
RUN pip install --no-cache-dir --no-deps --editable .

COPY --chown=airflow:root dags dags

USER airflow
