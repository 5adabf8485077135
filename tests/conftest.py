"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How quickly examples are drawn depends on what else the machine does; a slow one is no defect,
# and a test that takes too long is ended by its timeout.
settings.register_profile("yidi", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("yidi")
