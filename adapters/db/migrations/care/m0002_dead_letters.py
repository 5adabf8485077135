"""Parked messages as a work queue."""

from adapters.db.migrations.dead_letters import SHAPES, upgrade

__all__ = ["SHAPES", "upgrade"]

revision = "0002"
down_revision = "0001"
