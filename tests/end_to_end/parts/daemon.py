"""The daemon under test: its configuration, its process, and every way to look at it."""

import http.client
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

from .process import Process, free_port, wait_until

ROOT = Path(__file__).resolve().parents[3]
BINARY = os.environ.get("GATEWATCH_BINARY", str(ROOT / "build/release/daemon/gatewatch"))


def run_gatewatch(*arguments, seconds=20, **options):
    """Runs a command to its end: exit code, and everything that it printed."""
    done = subprocess.run([BINARY, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                          errors="replace", timeout=seconds, **options)
    return done.returncode, done.stdout


class Daemon:
    """`routes`, `rules`, `channels`: TOML. The rest is made here."""

    def __init__(self, directory, text, environment=None, prefix=(), **options):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.data.mkdir(exist_ok=True)
        self.port = free_port()
        self.file = self.directory / "gatewatch.toml"
        self.configure(text)
        self.process = Process([*prefix, BINARY, "run", "--config", self.file],
                               self.directory / "daemon.out",
                               env={**os.environ, **(environment or {})}, **options)

    def configure(self, text, listen=None):
        """`listen`: where it is not the address that is asked here."""
        listen = listen or f"127.0.0.1:{self.port}"
        self.file.touch(mode=0o600)  # it may hold secrets
        self.file.write_text(f"""\
[daemon]
listen = "{listen}"
data = "{self.data}"
region = "here"

{text}""")

    def start(self):
        self.process.start(self.is_ready)
        return self

    def is_ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.kill()

    def stop(self):
        return self.process.stop()

    def terminate(self):
        """By SIGTERM: exit code, and how long it took."""
        begun = time.monotonic()
        self.process.signal(signal.SIGTERM)
        code = self.process.child.wait(20)
        return code, time.monotonic() - begun

    def reload(self):
        self.process.signal(signal.SIGHUP)

    def get(self, path, headers=None):
        """Status, headers and text of the answer to a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def api(self, path):
        status, _, text = self.get("/api/v1/" + path)
        assert status == 200, (status, text)
        return json.loads(text)

    def metrics(self):
        status, _, text = self.get("/metrics")
        assert status == 200, (status, text)
        return text

    def metric(self, name, **labels):
        """The sum of the series of that name that have these labels; None where there is none."""
        values = []
        for line in self.metrics().splitlines():
            match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if match and match[1] == name:
                found = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
                if labels.items() <= found.items():
                    values.append(float(match[3]))
        return sum(values) if values else None

    def said(self):
        return self.process.said()

    def query(self, sql, *values):
        """Rows of the database, read as any other program would beside the running daemon."""
        connection = sqlite3.connect(f"file:{self.data}/gatewatch.db?mode=ro", uri=True, timeout=5)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def wait_for_results(self, count, seconds=20, where="status = 200"):
        wait_until(lambda: self.query(f"SELECT count(*) FROM results WHERE {where}")[0][0] >= count,
                   seconds, lambda: f"{count} results with {where}; it said:\n{self.said()}")

    def first_502(self):
        """When the first probe that saw a 502 began, in Unix time."""
        return self.query("SELECT min(started_us) FROM results WHERE status = 502")[0][0] / 1e6
