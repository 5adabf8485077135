"""Start and end a PostgreSQL server of this machine's own binaries, for this folder alone.

``postgres.py up`` makes the cluster once, starts it and prints where clients connect;
``postgres.py down`` ends it. ``backup`` writes one schema to a file, and ``restore`` puts it
back to that, whatever came into it since: nobody may be working in it then. Run as root it gives
its rights up to the user ``postgres``, or ``nobody``: the server refuses to run as root. The
password is made once, at random, and lies in a file that only its owner reads.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
USER = "yidi"
MAX_SOCKET_PATH = 90
"""Bytes of a folder that still leave room for a socket's name within the system's limit."""

SETTINGS = {
    "listen_addresses": HOST,
    "max_connections": "200",
    "shared_buffers": "128MB",
    # Durable, as by default; said here so that nobody's benchmark turns it off unseen.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


class Server:
    """One cluster: its data, socket, log and password lie in one folder."""

    def __init__(self, state: Path) -> None:
        self._account = _account()
        self.state = self._reachable(state)
        self._data = self.state / "data"
        self._password_file = self.state / "password"

    def _reachable(self, state: Path) -> Path:
        """Return the folder, or one that the account can reach when that one is shut to it."""
        if state.is_symlink():
            return state.resolve()
        closed = self._account is not None and not _may_enter(state.parent, self._account)
        if not closed and len(os.fsencode(state)) <= MAX_SOCKET_PATH:
            return state
        digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
        elsewhere = Path("/var/tmp") / f"yidi-postgres-{digest}"
        if not state.exists():
            state.parent.mkdir(parents=True, exist_ok=True)
            state.symlink_to(elsewhere)
        return elsewhere

    @property
    def port(self) -> int:
        """The port it listens on, 0 before it was made."""
        settings = self._data / "postgresql.auto.conf"
        found = re.search(r"^port = (\d+)", _read(settings), flags=re.MULTILINE)
        return int(found.group(1)) if found else 0

    def url(self, *, secret: bool) -> str:
        """Return where clients connect, with the password or without."""
        password = f":{_read(self._password_file).strip()}" if secret else ""
        return f"postgresql://{USER}{password}@{HOST}:{self.port}/{USER}"

    def running(self) -> bool:
        """Tell whether the server of this folder runs."""
        return self._data.exists() and self._call("pg_ctl", "status", "-D", self._data) == 0

    def up(self, port: int) -> None:
        """Make the cluster where missing and start it where it does not run."""
        made = (self._data / "PG_VERSION").exists()
        if not made:
            self._make(port)
        if self.running():
            return
        log = self.state / "server.log"
        options = f"-c unix_socket_directories={self.state}"
        start = ("pg_ctl", "start", "-w", "-s", "-D", self._data, "-l", log, "-o", options)
        if self._call(*start, quiet=False) != 0:
            raise SystemExit(f"the server did not start; see {log}")
        if not made:
            made_database = self._call(
                "createdb", "-h", self.state, "-p", self.port, "-U", USER, USER, quiet=False
            )
            if made_database != 0:
                raise SystemExit("the database was not made")

    def down(self) -> None:
        """End the server; its data stays."""
        if self.running():
            self._call("pg_ctl", "stop", "-w", "-s", "-m", "fast", "-D", self._data, quiet=False)

    def back_up(self, schema: str, file: Path) -> None:
        """Write a schema and everything in it, as it is at one moment."""
        with file.open("wb") as out:
            done = self._call(
                *("pg_dump", *self._connection(), "-Fc", "-n", schema, USER),
                quiet=False,
                output=out.fileno(),
            )
        if done != 0:
            raise SystemExit(f"{schema} was not written")

    def restore(self, schema: str, file: Path) -> None:
        """Put a schema back to what was written of it."""
        drop = f'SET client_min_messages = warning; DROP SCHEMA IF EXISTS "{schema}" CASCADE'
        connection = self._connection()
        if self._call("psql", *connection, "-q", "-c", drop, USER, quiet=False) != 0:
            raise SystemExit(f"{schema} was not dropped")
        with file.open("rb") as given:
            done = self._call(
                *("pg_restore", *connection, "--single-transaction", "-d", USER),
                quiet=False,
                given=given.fileno(),
            )
        if done != 0:
            raise SystemExit(f"{schema} was not put back")

    def _connection(self) -> tuple[object, ...]:
        return "-h", HOST, "-p", self.port, "-U", USER

    def _make(self, port: int) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        owners = {os.geteuid()} | ({self._account.pw_uid} if self._account else set())
        if self.state.stat().st_uid not in owners:
            raise SystemExit(f"{self.state} belongs to somebody else")
        if self._account is not None:
            os.chown(self.state, self._account.pw_uid, self._account.pw_gid)
        self.state.chmod(0o711)
        self._password_file.write_text(secrets.token_urlsafe(24), "ascii")
        self._password_file.chmod(0o600)
        if self._account is not None:
            os.chown(self._password_file, self._account.pw_uid, self._account.pw_gid)
        made = self._call(
            *("initdb", "-D", self._data, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth=scram-sha-256", f"--pwfile={self._password_file}", "--data-checksums"),
            quiet=False,
        )
        if made != 0:
            raise SystemExit("initdb failed")
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        with (self._data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join([f"port = {port}", *lines, ""]))

    def _call(
        self,
        program: str,
        *arguments: object,
        quiet: bool = True,
        given: int = subprocess.DEVNULL,
        output: int = subprocess.DEVNULL,
    ) -> int:
        account = self._account
        environment = os.environ | {
            "PGPASSWORD": _read(self._password_file).strip(),
            "LC_ALL": "C.UTF-8",
        }
        rights = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid}
        done = subprocess.run(
            [str(_binaries() / program), *map(str, arguments)],
            check=False,
            stdin=given,
            stdout=output,
            stderr=subprocess.DEVNULL if quiet else sys.stderr,
            cwd="/",
            env=environment,
            extra_groups=None if account is None else [],
            **rights,
        )
        return done.returncode


def _account() -> pwd.struct_passwd | None:
    """Return whom to become, ``None`` where this process is not root already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit("run this as a user other than root, or make a user named postgres")


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether the account can reach a folder: every one above it lets it through."""
    for each in (folder, *folder.parents):
        if not each.exists():
            continue
        known = each.stat()
        shift = 6 if known.st_uid == account.pw_uid else 3 if known.st_gid == account.pw_gid else 0
        if not known.st_mode >> shift & 1:
            return False
    return True


def _binaries() -> Path:
    """Return the folder of the newest server on this machine."""
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    found = [
        path.parent
        for pattern in ("/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb")
        for path in Path("/").glob(pattern[1:])
    ]
    if not found:
        raise SystemExit("there is no PostgreSQL server here; with Docker, use deploy/compose.yaml")
    return max(found, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))])


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; ``up`` prints where clients connect, without the password."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down", "status", "url", "backup", "restore"])
    parser.add_argument("--state", type=Path, default=ROOT / "var" / "postgres")
    parser.add_argument("--port", type=int, default=5432, help="when it is made the first time")
    parser.add_argument("--schema", help="what is written or put back")
    parser.add_argument("--file", type=Path, help="where it is written to, or put back from")
    options = parser.parse_args(arguments)
    server = Server(options.state.absolute())
    if options.command == "up":
        server.up(options.port)
        print(server.url(secret=False))
    elif options.command == "down":
        server.down()
    elif options.command == "url":
        print(server.url(secret=True))
    elif options.command in ("backup", "restore"):
        if not (options.schema and options.file):
            parser.error(f"{options.command} wants --schema and --file")
        act = server.back_up if options.command == "backup" else server.restore
        act(options.schema, options.file)
    else:
        print("running" if server.running() else "not running")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
