"""What holds notifications back: silences made on the command line, maintenance windows of the
configuration, and routes that depend on others; and what is told once nothing holds it."""

import datetime
import json

import pytest

from parts.configuration import ONE_ROUTE
from parts.daemon import run_gatewatch
from parts.process import wait_until

OPS = """
[[channel]]
name = "ops"
type = "webhook"
url = "{url}/ops"
"""


@pytest.fixture
def configuration(site, receiver):
    return ('token = "t0ken"\n' + ONE_ROUTE.format(url=site.url) +
            OPS.format(url=receiver.url))


def silence(daemon, *arguments):
    action, *others = arguments
    return run_gatewatch("silence", action, "--config", daemon.file, *others)


def kinds(daemon):
    return [row[0] for row in
            daemon.query("SELECT kind FROM incident_events ORDER BY incident, sequence")]


def open_incident(daemon):
    return wait_until(lambda: daemon.api("incidents?open=true")["incidents"], 20, daemon.said)[0]


def told(receiver):
    return [each.json["kind"] for each in receiver.accepted("/ops")]


def test_a_silence_holds_through_a_restart_until_it_is_ended(site, receiver, start_daemon,
                                                             configuration):
    daemon = start_daemon(configuration)
    daemon.wait_for_results(3)
    code, said = silence(daemon, "add", "--routes", "shop", "--for", "2h", "--comment", "deploy",
                         "--author", "ann")
    assert code == 0 and said.startswith("silence 1 until ") and said.endswith("over 1 route\n")
    site.break_down()
    incident = open_incident(daemon)
    assert incident["held_by"] == "silence 1 (deploy)"
    assert incident["events"][0]["text"].endswith(" Not told: silence 1 (deploy).")
    assert "gatewatch_incidents_held 1" in daemon.metrics()
    daemon.kill()
    daemon.start()
    daemon.wait_for_results(3, where="status = 502")
    assert "silence 1  active" in silence(daemon, "list")[1]
    assert open_incident(daemon)["held_by"] == "silence 1 (deploy)"
    assert told(receiver) == []
    assert silence(daemon, "end", "1") == (0, "silence 1 ended\n")
    wait_until(lambda: told(receiver) == ["opened"], 20, daemon.said)
    assert kinds(daemon) == ["opened", "released"]
    assert silence(daemon, "list") == (0, "nothing is silenced\n")
    assert silence(daemon, "end", "1")[1] == "gatewatch silence: This silence is over.\n"
    site.restore()
    wait_until(lambda: told(receiver) == ["opened", "resolved"], 30, daemon.said)


def test_what_began_and_ended_in_silence_is_told_to_nobody(site, receiver, start_daemon,
                                                           configuration):
    daemon = start_daemon(configuration)
    daemon.wait_for_results(3)
    assert silence(daemon, "add", "--routes", "*", "--for", "2h")[0] == 0
    site.break_down()
    open_incident(daemon)
    site.restore()
    wait_until(lambda: kinds(daemon) == ["opened", "resolved"], 30, daemon.said)
    assert silence(daemon, "end", "1")[0] == 0
    daemon.wait_for_results(5, where="status = 200")
    assert told(receiver) == []
    assert daemon.query("SELECT held_by FROM incidents") == [("silence 1",)]


def test_a_typo_in_a_silence_shows(start_daemon, configuration):
    daemon = start_daemon(configuration)
    code, said = silence(daemon, "add", "--routes", "shpo", "--for", "2h")
    assert code == 0 and "warning: It covers no route of the configuration." in said, said
    code, said = silence(daemon, "add", "--for", "2h")
    assert code == 1 and "does not say of what" in said, said
    code, said = silence(daemon, "add", "--tag", "team", "--for", "2h")
    assert code == 2 and "write KEY=VALUE" in said, said


def test_a_maintenance_window_holds_and_marks_results(site, receiver, start_daemon,
                                                      configuration):
    def at(minutes):
        moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    window = f"""
[[maintenance]]
name = "db-upgrade"
routes = ["shop"]
starts = {at(-60)}
ends = {at(60)}
"""
    daemon = start_daemon(configuration + window)
    daemon.wait_for_results(3)
    site.break_down()
    assert open_incident(daemon)["held_by"] == "maintenance db-upgrade"
    assert daemon.query("SELECT DISTINCT maintenance FROM results") == [(1,)]
    code, said = run_gatewatch("check", "--config", daemon.file)
    assert code == 0 and "maintenance db-upgrade: now, since " in said, said
    listed = json.loads(silence(daemon, "list", "--json")[1])["maintenance"]
    assert listed[0]["state"] == "active"
    assert told(receiver) == []
    # Taken out of the configuration, it holds nothing any more.
    daemon.configure(configuration)
    daemon.reload()
    wait_until(lambda: told(receiver) == ["opened"], 20, daemon.said)
