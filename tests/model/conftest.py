"""HYPOTHESIS_PROFILE=thorough tries sixty times as many examples: `pytest tests/model --timeout=0`, for a night."""

import os

from hypothesis import settings

settings.register_profile("thorough", max_examples=6_000)
if profile := os.environ.get("HYPOTHESIS_PROFILE"):
    settings.load_profile(profile)
