"""Certificates for one test: an authority made on the spot, and what it signs."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

KEY_PASSWORD = "key-s3cret"


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its private key, as PEM files; ``both`` is the key and then the chain."""

    certificate: Path
    key: Path
    both: Path


class Authority:
    """Signs certificates; needs the ``openssl`` program, and skips the test without it."""

    def __init__(self, folder: Path, name: str = "test authority") -> None:
        if shutil.which("openssl") is None:
            pytest.skip("openssl is missing")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.file = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", f"/CN={name}"),
            *("-keyout", self._key, "-out", self.file),
        )

    def sign(self, name: str, hosts: str = "IP:127.0.0.1,DNS:localhost") -> Identity:
        """Return the identity of this name, made for these hosts the first time."""
        both = self._folder / f"{name}.both.pem"
        key, request = self._folder / f"{name}.key", self._folder / f"{name}.csr"
        certificate, extensions = self._folder / f"{name}.pem", self._folder / f"{name}.ext"
        if both.exists():
            return Identity(certificate, key, both)
        _openssl(
            *("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request),
        )
        extensions.write_text(f"subjectAltName={hosts}\n", "ascii")
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self._key),
            *("-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate),
        )
        texts = [path.read_text("ascii") for path in (key, certificate, self.file)]
        both.write_text("".join(texts), "ascii")
        return Identity(certificate, key, both)

    def encrypted(self, identity: Identity) -> Path:
        """Return a copy of the identity's key that only ``KEY_PASSWORD`` opens."""
        path = identity.key.with_suffix(".encrypted")
        given = ("-in", identity.key, "-out", path, "-passout", f"pass:{KEY_PASSWORD}")
        _openssl("pkcs8", "-topk8", *given)
        return path


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
