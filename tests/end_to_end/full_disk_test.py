"""A full disk: alerts go out and are stored, results wait, and everything goes on by itself."""

import contextlib
import os
import subprocess

import pytest

from parts.configuration import ONE_ROUTE
from parts.daemon import run_gatewatch
from parts.process import wait_until

CHANNEL = """
[[channel]]
name = "hook"
type = "webhook"
url = "{url}/webhook"
"""


@pytest.fixture
def small_disk(make_daemon, site, receiver):
    """A daemon whose data are on a file system of 16 MiB."""
    daemon = make_daemon(ONE_ROUTE.format(url=site.url) + CHANNEL.format(url=receiver.url))
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", daemon.data],
                           stderr=subprocess.PIPE, text=True)
    if mount.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {mount.stderr}")
    yield daemon
    daemon.stop()
    subprocess.run(["umount", daemon.data], check=True)


@contextlib.contextmanager
def full(daemon):
    """Not a byte is left."""
    ballast = daemon.data / "ballast"
    with open(ballast, "wb") as file, contextlib.suppress(OSError):
        while True:
            os.write(file.fileno(), bytes(4096))
    yield
    ballast.unlink()


def kinds(receiver):
    return [delivery.json["kind"] for delivery in receiver.accepted("/webhook")]


def answers(daemon):
    try:
        return daemon.get("/metrics")[0] == 200
    except OSError:
        return False


def test_a_start_without_any_space_says_so(small_disk):
    with full(small_disk):
        code, said = run_gatewatch("run", "--config", small_disk.file)
    assert code == 1
    assert "there is no space to open the database" in said, said
    small_disk.start().wait_for_results(1)


def test_a_start_on_a_full_disk_alerts_from_memory(small_disk, site, receiver):
    daemon = small_disk.start()
    daemon.wait_for_results(3)
    daemon.kill()
    (daemon.data / "gatewatch.db.reserve").unlink()

    with full(daemon):
        daemon.process.start(lambda: answers(daemon))
        site.break_down()
        wait_until(lambda: kinds(receiver) == ["opened"], 60,
                   lambda: f"an alert; it said:\n{daemon.said()}")
        assert daemon.get("/readyz")[0] == 503

    wait_until(lambda: daemon.is_ready(), 20, lambda: f"health; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.query("SELECT state FROM deliveries") == [("delivered",)], 20,
               lambda: f"the delivery; it said:\n{daemon.said()}")
    assert daemon.query("SELECT count(*) > 1 FROM results WHERE status = 502") == [(1,)]
    assert daemon.query("PRAGMA integrity_check") == [("ok",)]


def test_a_full_disk_holds_up_results_and_nothing_else(small_disk, site, receiver):
    daemon = small_disk.start()
    daemon.wait_for_results(3)
    reserve = daemon.data / "gatewatch.db.reserve"
    assert reserve.stat().st_size == 4 << 20

    with full(daemon):
        wait_until(lambda: daemon.metric("gatewatch_storage_errors_total") > 0, 60,
                   lambda: f"a failure; it said:\n{daemon.said()}")
        site.break_down()
        wait_until(lambda: kinds(receiver) == ["opened"], 60,
                   lambda: f"an alert; it said:\n{daemon.said()}")
        # While there is no space at all.
        wait_until(lambda: daemon.query("SELECT state FROM incidents") == [("open",)], 20,
                   lambda: f"the incident; it said:\n{daemon.said()}")
        assert not reserve.exists()
        wait_until(lambda: daemon.query("SELECT state FROM deliveries") == [("delivered",)], 20,
                   lambda: f"the delivery; it said:\n{daemon.said()}")
        assert daemon.get("/readyz")[0] == 503
        assert daemon.metric("gatewatch_recorder_queue_length", queue="results") > 0

    wait_until(lambda: daemon.is_ready(), 20, lambda: f"health; it said:\n{daemon.said()}")
    site.restore()
    wait_until(lambda: kinds(receiver) == ["opened", "resolved"], 30,
               lambda: f"the resolution, but {kinds(receiver)}; it said:\n{daemon.said()}")
    before = daemon.query("SELECT count(*) FROM results")[0][0]
    daemon.wait_for_results(before + 2, where="1")
    assert reserve.stat().st_size == 4 << 20
    assert daemon.query("PRAGMA integrity_check") == [("ok",)]
