"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.contracts import broker_server, postgres_server
from tests.effort import examples

# How quickly examples are drawn depends on what else the machine does; a slow one is no defect,
# and a test that takes too long is ended by its timeout. Explaining a failure by tracing every
# line takes far longer than finding it.
settings.register_profile(
    "yidi",
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile("yidi")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let only tests that are marked so start a broker."""
    broker_server.marked = item.get_closest_marker(broker_server.MARK) is not None


def pytest_unconfigure() -> None:
    """End the database server that this process started."""
    postgres_server.end_started()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly at the end what was skipped for lack of a server."""
    reasons = [
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in terminalreporter.getreports("skipped")
        if isinstance(report.longrepr, tuple) and broker_server.LACKING in report.longrepr[2]
    ]
    if reasons:
        terminalreporter.section(f"{len(reasons)} TESTS WERE NOT RUN", red=True, bold=True)
        for reason in sorted(set(reasons)):
            terminalreporter.line(reason, red=True)
