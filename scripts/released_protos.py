"""Refuse changes of .proto files that break those who use what was released.

``protos/released.txtpb`` holds what was released, as a FileDescriptorSet in text form. Without an
option the present .proto files are compared with it and each breaking change is told; ``--move``
writes the present ones into it. That is how a breaking change is made deliberately, and it shows
in review; even then a field or enum value that goes must have its number and name reserved.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from grpc_tools import protoc

from scripts.proto_changes import breaking_changes

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "protos" / "released.txtpb"
HEAD = """\
# proto-file: google/protobuf/descriptor.proto
# proto-message: google.protobuf.FileDescriptorSet
# What was released of the .proto files; make protos-release moves it forward.
"""


def present(root: Path) -> FileDescriptorSet:
    """Read every .proto below ``root``/protos."""
    sources = sorted(str(path.relative_to(root)) for path in (root / "protos").rglob("*.proto"))
    include = Path(protoc.__file__).parent / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "set"
        command = ["protoc", f"-I{root}", f"-I{include}", f"--descriptor_set_out={out}", *sources]
        if protoc.main(command) != 0:
            raise SystemExit("protoc failed")
        return FileDescriptorSet.FromString(out.read_bytes())


def main(arguments: list[str]) -> int:
    """Compare, or with ``--move`` make the present files the released ones."""
    now = present(ROOT)
    before = FileDescriptorSet()
    if RELEASED.exists():
        text_format.Parse(RELEASED.read_text("utf-8"), before)
    defects = list(breaking_changes(before.file, now.file))
    moving = "--move" in arguments
    refused = [defect for defect in defects if defect.never or not moving]
    for defect in defects:
        print(defect, file=sys.stderr)
    if refused:
        print(
            "reserve what is gone, then make protos-release again"
            if moving
            else "this breaks what was released: add beside it instead, or make protos-release",
            file=sys.stderr,
        )
        return 1
    if moving:
        RELEASED.write_text(HEAD + text_format.MessageToString(now), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
