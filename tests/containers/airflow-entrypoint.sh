#!/bin/sh
# `bash` and `python` are run as they stand; everything else is a command of Airflow.
case "$1" in
    bash | python) exec "$@" ;;
    *) exec airflow "$@" ;;
esac
