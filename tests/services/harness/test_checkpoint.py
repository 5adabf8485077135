from __future__ import annotations

from pathlib import Path

from services.harness.checkpoint import Checkpoint
from services.harness.visit_player import PlayedVisit

PLAYED = PlayedVisit("vst-1", ["stl-1", "stl-2"], ["request_reversed"])


def kept(path: Path) -> dict[str, PlayedVisit]:
    checkpoint = Checkpoint(path)
    finished = dict(checkpoint.finished)
    checkpoint.close()
    return finished


def test_what_is_finished_is_known_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "replay" / "c.finished"
    first = Checkpoint(path)
    first.finish("v1", PLAYED)
    first.finish("v2", PlayedVisit("vst-2"))
    first.close()
    assert kept(path) == {"v1": PLAYED, "v2": PlayedVisit("vst-2")}


def test_a_torn_last_line_is_dropped_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "c.finished"
    first = Checkpoint(path)
    first.finish("v1", PLAYED)
    first.close()
    path.write_bytes(path.read_bytes() + b'["v2", "vs')
    second = Checkpoint(path)
    assert second.finished == {"v1": PLAYED}
    second.finish("v3", PLAYED)
    second.close()
    assert kept(path) == {"v1": PLAYED, "v3": PLAYED}


def test_a_checkpoint_of_other_nodes_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "c.finished"
    first = Checkpoint(path)
    first.finish("v1", PLAYED)
    first.forget()
    first.finish("v2", PLAYED)
    first.close()
    assert kept(path) == {"v2": PLAYED}
