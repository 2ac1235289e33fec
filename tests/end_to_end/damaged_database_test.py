"""A database that is damaged is set aside, and the daemon goes on, without the incidents being lost."""

import contextlib
import os
import sqlite3

import pytest

from parts.configuration import ONE_ROUTE
from parts.process import wait_until

CHANNEL = """
[[channel]]
name = "hook"
type = "webhook"
url = "{url}/webhook"
"""
PAGE = 4096


def told(receiver):
    return [delivery.json for delivery in receiver.accepted("/webhook")]


def headlines(receiver):
    return [message["headline"] for message in told(receiver)]


def set_aside(daemon):
    return [path for path in daemon.data.iterdir()
            if ".damaged-" in path.name and not path.name.endswith(("-wal", "-shm"))]


def pages_of_results(daemon):
    pages = daemon.query("SELECT pageno FROM dbstat WHERE name IN ('block', 'failure')")
    return [number for number, in pages]


def overwrite(daemon, pages):
    # What stands in the write-ahead log alone would be read from there.
    with contextlib.closing(sqlite3.connect(daemon.data / "gatewatch.db", timeout=10)) as database:
        assert database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    with open(daemon.data / "gatewatch.db", "r+b") as file:
        for number in pages:
            file.seek((number - 1) * PAGE)
            file.write(os.urandom(PAGE))


@pytest.fixture
def broken_site(site, receiver, start_daemon):
    """A daemon that has told of an outage which goes on."""
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + CHANNEL.format(url=receiver.url))
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: len(told(receiver)) == 1, 30, lambda: f"an alert; it said:\n{daemon.said()}")
    return daemon


def check_it_went_on(daemon, site, receiver):
    wait_until(lambda: any("History" in line for line in headlines(receiver)), 20,
               lambda: f"that history was lost, but {headlines(receiver)}; it said:\n{daemon.said()}")
    aside = set_aside(daemon)
    assert len(aside) == 1 and aside[0].stat().st_size > 0
    assert "history lost" in daemon.said() and str(aside[0]) in daemon.said()
    assert daemon.metric("gatewatch_storage_history_lost_total") == 1
    wait_until(lambda: daemon.query("SELECT count(*) FROM incidents WHERE state = 'open' "
                                    "AND rule <> 'history-lost'") == [(1,)], 10, lambda: f"the open incident; it said:\n{daemon.said()}")
    site.restore()
    wait_until(lambda: len(told(receiver)) == 3, 30,
               lambda: f"the resolution, but {headlines(receiver)}; it said:\n{daemon.said()}")
    assert told(receiver)[-1]["incident_key"] == told(receiver)[0]["incident_key"]
    daemon.wait_for_results(1)
    assert daemon.query("PRAGMA integrity_check") == [("ok",)]
    assert daemon.query("SELECT kind FROM gaps") == [("history",)]


def test_damage_at_the_start(site, receiver, broken_site):
    daemon = broken_site
    assert daemon.stop() == 0
    overwrite(daemon, pages_of_results(daemon))
    daemon.start()
    check_it_went_on(daemon, site, receiver)


def test_damage_while_it_runs(site, receiver, broken_site):
    daemon = broken_site
    overwrite(daemon, pages_of_results(daemon))
    # Whoever reads finds it.
    wait_until(lambda: daemon.get("/api/v1/results")[0] != 200 or set_aside(daemon), 20,
               lambda: f"an answer that fails; it said:\n{daemon.said()}")
    check_it_went_on(daemon, site, receiver)
    assert daemon.get("/api/v1/results")[0] == 200


def test_a_file_that_is_none(site, receiver, start_daemon, make_daemon):
    daemon = make_daemon(ONE_ROUTE.format(url=site.url) + CHANNEL.format(url=receiver.url))
    (daemon.data / "gatewatch.db").write_text("precious notes\n")
    daemon.start()
    wait_until(lambda: len(told(receiver)) == 1, 20, lambda: f"an alert; it said:\n{daemon.said()}")
    assert set_aside(daemon)[0].read_text() == "precious notes\n"
    daemon.wait_for_results(1)
