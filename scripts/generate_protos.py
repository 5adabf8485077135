"""Generate the Python code beside each .proto file, or check that it is up to date."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent


def generate(out: Path) -> list[Path]:
    """Run protoc over every .proto into ``out`` and return what it wrote, relative to it."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "protos").rglob("*.proto"))
    include = Path(protoc.__file__).parent / "_proto"
    arguments = [
        "protoc",
        f"-I{ROOT}",
        f"-I{include}",
        f"--python_out={out}",
        f"--pyi_out={out}",
        f"--grpc_python_out={out}",
        *sources,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed")
    for path in (out / "protos").rglob("*_pb2_grpc.py"):
        # Messages have no service: their empty gRPC modules would only be noise.
        if "Servicer" not in path.read_text(encoding="utf-8"):
            path.unlink()
    return sorted(path.relative_to(out) for path in (out / "protos").rglob("*_pb2*.py*"))


def main() -> int:
    """Generate in place, or with ``--check`` compare and name what differs."""
    if "--check" not in sys.argv[1:]:
        generate(ROOT)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        stale = [
            path
            for path in generate(fresh)
            if not (ROOT / path).exists()
            or (ROOT / path).read_bytes() != (fresh / path).read_bytes()
        ]
    for path in stale:
        print(f"{path}: not what its .proto gives; run make protos", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
