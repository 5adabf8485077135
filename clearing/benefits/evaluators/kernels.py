"""A cell's program on NumPy arrays: one compiled function a shape, element by element."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np

from clearing.benefits.evaluators.builder import Assign
from clearing.benefits.evaluators.polynomial import written
from clearing.benefits.evaluators.program import Shape, program_of

Kernel = Callable[..., tuple[Any, ...]]
"""Takes inputs, used and constants in the program's order, each an array or an ``int``, and
returns results and additions in its order, again arrays or (where nothing varies) ``int``."""

_INDENT: Final = " " * 4


@cache
def kernel_of(shape: Shape) -> Kernel:
    """Return the array function of a shape."""
    names: dict[str, Any] = {"minimum": np.minimum, "maximum": np.maximum}
    exec(compile(kernel_source(shape), "<generated from rule data>", "exec"), names)
    made: Kernel = names["kernel"]
    return made


def kernel_source(shape: Shape) -> str:
    """Return the array function of a shape as Python."""
    program = program_of(shape)
    taken = (*program.inputs, *(name for _, name in program.used), *program.constants)
    told = (*program.results.values(), *(amount for _, amount in program.added))
    lines = [
        f"def kernel({', '.join(taken)}):",
        *(f"{_INDENT}{_assigned(step)}" for step in (*program.derived, *program.steps)),
        f"{_INDENT}return ({''.join(f'{written(amount)}, ' for amount in told)})",
    ]
    return "\n".join(lines)


def _assigned(step: Assign) -> str:
    left, right = written(step.left), written(step.right)
    match step.kind:
        case "sum":
            return f"{step.name} = {left}"
        case "quotient":
            return f"{step.name} = ({left}) // {right}"
    return f"{step.name} = {step.kind}imum({left}, {right})"
