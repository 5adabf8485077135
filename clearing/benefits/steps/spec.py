"""What all step models share: how a step names its accumulators."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from clearing.rule_fields import RuleModel

Account = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(/([a-z][a-z0-9_]*|\{[a-z_]+\}))*$")
]
"""An accumulator's name, slashes between its parts; ``{key}`` stands for the claim's key."""

TableName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

__all__ = ["Account", "RuleModel", "TableName"]
