"""Start and end Apache Kafka (KRaft) on this machine from its Maven artifacts, without Docker.

``broker.py up`` fetches the artifacts once (Maven, as configured on this machine), formats the
storage of each node once, starts what is not running and waits until every node answers.
``broker.py down`` ends the nodes that ``up`` started, and nothing else; their data stays.
Only the standard library is used, so that it runs before ``make setup``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECIPE = ROOT / "deploy" / "broker"
JARS = ROOT / "var" / "jars"
HOST = "127.0.0.1"
COMMANDS = ("fetch", "up", "down", "status", "bootstrap", "guard")
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Halves the processor time of a process that lives for a minute; one under load wants more."""

START_WITHIN_S = 120
END_WITHIN_S = 15

# Times are those that keep a killed leader or worker from stalling the rest for long (seconds
# instead of the defaults' 12 to 45); a delay of 0 before a group's first share-out makes
# kafka-python consumers stall in it for good.
SETTINGS = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "BROKER",
    "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "log.message.timestamp.type": "LogAppendTime",
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "replica.lag.time.max.ms": "5000",
    "controller.quorum.election.timeout.ms": "500",
    "controller.quorum.fetch.timeout.ms": "1000",
    "group.initial.rebalance.delay.ms": "1000",
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.num.partitions": "8",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": "16777216",
}


class Cluster:
    """The nodes whose state lies in one folder."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self._file = state / "cluster.json"
        known = json.loads(self._file.read_text("utf-8")) if self._file.exists() else None
        self.id: str = known["id"] if known else ""
        pairs = known["ports"] if known else ()
        self.ports: list[tuple[int, int]] = [(broker, controller) for broker, controller in pairs]
        self.settings: dict[str, str] = known["settings"] if known else {}

    @property
    def bootstrap(self) -> str:
        """Where clients begin, as ``host:port,…``."""
        return ",".join(f"{HOST}:{broker}" for broker, _ in self.ports)

    def lay_out(self, brokers: int, port: int, settings: dict[str, str]) -> None:
        """Choose ports for a new cluster; a known one keeps its own."""
        if self.ports:
            if len(self.ports) != brokers:
                raise SystemExit(
                    f"{self.state} holds {len(self.ports)} broker(s), not {brokers}: "
                    "end them and remove the folder, or choose another with --state"
                )
            return
        self.id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if self.id.startswith("-"):  # read as an option by the formatting tool
            self.id = "A" + self.id[1:]
        self.ports = _ports(brokers, port)
        self.settings = settings
        self.state.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"id": self.id, "ports": self.ports, "settings": settings}, indent=1)
        self._file.write_text(text + "\n", "utf-8")

    def nodes(self) -> list[Node]:
        """Return every node, by number."""
        return [Node(self, number) for number in range(1, len(self.ports) + 1)]


class Node:
    """One process: broker and controller at once."""

    def __init__(self, cluster: Cluster, number: int) -> None:
        self._cluster = cluster
        self._number = number
        self._folder = cluster.state / f"node-{number}"
        self._properties = self._folder / "server.properties"
        self._pid_file = self._folder / "pid"
        self.port, self._controller_port = cluster.ports[number - 1]

    def __str__(self) -> str:
        return f"broker {self._number} on {HOST}:{self.port}"

    def pid(self) -> int | None:
        """Return the process id where this node runs; an id that another got does not count."""
        try:
            pid = int(self._pid_file.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None
        command = subprocess.run(
            ["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)],
            capture_output=True,
            check=False,
            text=True,
        ).stdout.strip()
        ended = not command or command.startswith("Z")
        return pid if str(self._properties) in command and not ended else None

    def start(self, heap: str, *, brief: bool) -> None:
        """Start the process where it does not run; formats its storage the first time."""
        if self.pid() is not None:
            return
        for port in (self.port, self._controller_port):
            require_free(port)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._properties.write_text(self._properties_text(), "utf-8")
        log = self._folder / "broker.log"
        with log.open("ab") as out:
            data = self._folder / "data"
            if not (data / "meta.properties").exists():
                command = _java("128m", "kafka.tools.StorageTool", "format", brief=True)
                command += ["-t", self._cluster.id, "-c", str(self._properties)]
                subprocess.run(command, stdout=out, stderr=out, check=True)
            process = subprocess.Popen(
                _java(heap, "kafka.Kafka", str(self._properties), brief=brief),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._pid_file.write_text(str(process.pid), "ascii")

    def await_answer(self, deadline: float) -> None:
        """Wait until it takes requests; raise ``SystemExit`` when it ends or takes too long."""
        while not answers(self.port):
            if self.pid() is None or time.monotonic() > deadline:
                raise SystemExit(f"{self} did not start; see {self._folder / 'broker.log'}")
            time.sleep(0.1)

    def ask_to_end(self) -> None:
        """Ask the process to end."""
        pid = self.pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                os.kill(pid, signal.SIGCONT)  # one that was stopped could not hear it

    def await_end(self, deadline: float) -> None:
        """Wait for the process to end, and force it when that takes too long."""
        while (pid := self.pid()) is not None:
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)
        self._pid_file.unlink(missing_ok=True)

    def _properties_text(self) -> str:
        count = len(self._cluster.ports)
        voters = [
            f"{number}@{HOST}:{controller}"
            for number, (_, controller) in enumerate(self._cluster.ports, start=1)
        ]
        replicas = str(min(3, count))
        in_sync = "2" if count >= 3 else "1"
        values = SETTINGS | {
            "node.id": str(self._number),
            "controller.quorum.voters": ",".join(voters),
            "listeners": f"BROKER://{HOST}:{self.port},CONTROLLER://{HOST}:{self._controller_port}",
            "log.dirs": str(self._folder / "data"),
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
        }
        values |= self._cluster.settings
        return "".join(f"{name}={value}\n" for name, value in values.items())


def end(nodes: Sequence[Node]) -> None:
    """End all nodes at once: the last of several would wait in vain for a majority."""
    for node in nodes:
        node.ask_to_end()
    deadline = time.monotonic() + END_WITHIN_S
    for node in nodes:
        node.await_end(deadline)


def require_free(port: int) -> None:
    """Raise ``SystemExit`` where somebody listens: what answers there is no node of this folder."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the broker does itself
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise SystemExit(f"port {port} is taken by another program: {error}") from error


def answers(port: int) -> bool:
    """Tell whether a broker answers the one request that every client begins with."""
    request = struct.pack(">hhih", 18, 0, 1, -1)  # ApiVersions, version 0, correlation 1, no name
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(struct.pack(">i", len(request)) + request)
            connection.settimeout(2)
            head = connection.recv(10)
    except OSError:
        return False
    return len(head) == 10 and struct.unpack(">iih", head)[1:] == (1, 0)


def fetch_jars() -> None:
    """Copy the artifacts to ``var/jars`` once, through Maven as this machine has it.

    One process at a time, and the others find what it brought: who replaced the folder of
    another would take it from under a broker that is starting.
    """
    recipe = (RECIPE / "pom.xml").read_text("utf-8")
    _require("java")
    JARS.parent.mkdir(parents=True, exist_ok=True)
    with JARS.with_name(f"{JARS.name}.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        noted = JARS / "pom.xml"
        if not noted.exists() or noted.read_text("utf-8") != recipe:
            _require("mvn")
            _fetch_with_maven(recipe)


def _require(tool: str) -> None:
    if shutil.which(tool) is None:
        raise SystemExit(f"{tool} is missing; with Docker, use deploy/compose.yaml instead")


def _fetch_with_maven(recipe: str) -> None:
    fresh = JARS.with_name(f"{JARS.name}.fresh")
    shutil.rmtree(fresh, ignore_errors=True)  # of one that was killed
    print("fetching the broker's artifacts with Maven …", file=sys.stderr)
    command = ["mvn", "-B", "-q", "-f", str(RECIPE / "pom.xml"), "dependency:copy-dependencies"]
    got = subprocess.run([*command, f"-DoutputDirectory={fresh}"], stdout=sys.stderr, check=False)
    if got.returncode != 0:
        raise SystemExit("Maven could not fetch the broker's artifacts")
    (fresh / "pom.xml").write_text(recipe, "utf-8")
    shutil.rmtree(JARS, ignore_errors=True)
    fresh.rename(JARS)


def _java(heap: str, main: str, *arguments: str, brief: bool) -> list[str]:
    return [
        "java",
        *(BRIEF if brief else ()),
        "-Xms64m",
        f"-Xmx{heap}",
        "-Djava.awt.headless=true",
        f"-Dlog4j2.configurationFile={RECIPE / 'log4j2.properties'}",
        "-cp",
        str(JARS / "*"),
        main,
        *arguments,
    ]


def _ports(brokers: int, port: int) -> list[tuple[int, int]]:
    """Return broker and controller ports: from ``port`` on, or any free ones for 0."""
    if port:
        return [(port + at, port + 100 + at) for at in range(brokers)]
    held = [socket.create_server((HOST, 0)) for _ in range(2 * brokers)]
    free = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return list(zip(free[:brokers], free[brokers:], strict=True))


def _default_states() -> list[Path]:
    return sorted(path.parent for path in (ROOT / "var").glob("broker-*/cluster.json"))


def _refuse_beside(state: Path) -> None:
    """Refuse to start on ports that a cluster of another size holds."""
    for other in _default_states():
        if other != state and any(node.pid() for node in Cluster(other).nodes()):
            raise SystemExit(f"the cluster in {other} is running: make kafka-down first")


def _start_guard(state: Path, pid: int) -> None:
    subprocess.Popen(
        [sys.executable, __file__, "guard", "--state", str(state), "--while", str(pid)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def guard(cluster: Cluster, pid: int) -> None:
    """Wait for a process to end, however it does, then end the nodes and remove their state."""
    with contextlib.suppress(ProcessLookupError):
        while cluster.state.exists():
            os.kill(pid, 0)
            time.sleep(0.5)
    end(cluster.nodes())
    shutil.rmtree(cluster.state, ignore_errors=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--state", type=Path, help="default: var/broker-N for N brokers")
    parser.add_argument("--brokers", type=int, default=1)
    parser.add_argument("--port", type=int, default=9092, help="0: any free port")
    parser.add_argument("--heap", default="512m", help="of each broker")
    parser.add_argument("--brief", action="store_true", help="made for a minute, not for load")
    parser.add_argument("--while", dest="pid", type=int, help="end, and forget, when this ends")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Carry out one command; ``up`` prints where clients begin."""
    options = _parse(arguments)
    if options.command == "fetch":
        fetch_jars()
        return 0
    if options.command in ("down", "status") and options.state is None:
        for folder in _default_states():
            main([options.command, "--state", str(folder)])
        return 0
    state: Path = options.state or ROOT / "var" / f"broker-{options.brokers}"
    cluster = Cluster(state.resolve())
    if options.command == "up":
        if options.state is None:
            _refuse_beside(state)
        fetch_jars()
        settings = dict(each.split("=", 1) for each in options.set)
        cluster.lay_out(options.brokers, options.port, settings)
        deadline = time.monotonic() + START_WITHIN_S
        for node in cluster.nodes():
            node.start(options.heap, brief=options.brief)
        for node in cluster.nodes():
            node.await_answer(deadline)
        if options.pid:
            _start_guard(cluster.state, options.pid)
        print(cluster.bootstrap)
    elif options.command == "guard":
        guard(cluster, options.pid)
    elif options.command == "down":
        end(cluster.nodes())
    elif options.command == "bootstrap":
        print(cluster.bootstrap)
    else:
        for node in cluster.nodes():
            pid = node.pid()
            print(f"{node}: {'not running' if pid is None else f'process {pid}'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
