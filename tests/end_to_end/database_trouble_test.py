"""A database that refuses to be written delays no alert, and gets everything afterwards."""

import contextlib
import resource
import sqlite3

import pytest

from parts.alerts import alerts_by_channel, states
from parts.configuration import ONE_ROUTE
from parts.process import wait_until


@contextlib.contextmanager
def locked(daemon):
    """Another program holds the right to write."""
    other = sqlite3.connect(daemon.data / "gatewatch.db", isolation_level=None, timeout=10)
    other.execute("BEGIN EXCLUSIVE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextlib.contextmanager
def full(daemon):
    """No file of the daemon can grow any more."""
    pid = daemon.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("trouble", [locked, full])
def test_alerts_do_not_wait_for_the_database(trouble, site, receiver, mail_server, channels,
                                             start_daemon):
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + channels)
    daemon.wait_for_results(3)

    def wait_for(wanted):
        wait_until(lambda: all(each == wanted for each in
                               states(alerts_by_channel(receiver, mail_server)).values()),
                   60, lambda: (f"{wanted} everywhere, but "
                                f"{states(alerts_by_channel(receiver, mail_server))}; "
                                f"it said:\n{daemon.said()}"))

    with trouble(daemon):
        site.break_down()
        wait_for(["firing"])
        assert daemon.metric("gatewatch_storage_errors_total") > 0
        assert daemon.query("SELECT count(*) FROM incidents") == [(0,)]
        site.restore()
        wait_for(["firing", "resolved"])

    wait_until(lambda: daemon.query("SELECT kind FROM incident_events ORDER BY sequence") ==
               [("opened",), ("resolved",)], 20, lambda: f"both events; it said:\n{daemon.said()}")
    wait_until(lambda: {state for state, in daemon.query("SELECT state FROM deliveries")} ==
               {"delivered"}, 20, lambda: f"deliveries; it said:\n{daemon.said()}")
    assert daemon.query("SELECT count(*) > 1 FROM results WHERE status = 502") == [(1,)]
    assert daemon.query("PRAGMA integrity_check") == [("ok",)]
    wait_for(["firing", "resolved"])


def test_a_lock_loses_nothing(site, receiver, mail_server, channels, start_daemon):
    """Fifteen probes long, at one a second; the API answers all the time."""
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + channels)
    daemon.wait_for_results(3)
    with locked(daemon):
        probes = daemon.metric("gatewatch_probe_results_total")

        def has_probed_on():
            assert daemon.get("/api/v1/results?limit=10")[0] == 200
            assert daemon.get("/")[0] == 200
            return daemon.metric("gatewatch_probe_results_total") >= probes + 15

        wait_until(has_probed_on, 60, lambda: f"15 more probes; it said:\n{daemon.said()}")
        assert daemon.metric("gatewatch_recorder_queue_length", queue="results") >= 10
        stored = daemon.query("SELECT count(*) FROM results")[0][0]

    wait_until(lambda: daemon.query("SELECT count(*) FROM results")[0][0] >= stored + 15, 20,
               lambda: f"what had waited; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.is_ready(), 20, lambda: f"health; it said:\n{daemon.said()}")
    times = [time for time, in daemon.query("SELECT started_us FROM results ORDER BY started_us")]
    assert max(after - before for before, after in zip(times, times[1:])) < 2_500_000
    assert daemon.metric("gatewatch_results_dropped_total") == 0
    assert daemon.query("SELECT * FROM gaps") == []
