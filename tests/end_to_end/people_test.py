"""What people ask and tell the running daemon on the command line: how it is, which incidents there
are, who takes care of one, what was changed; and what follows where nobody does."""

import getpass
import json

import pytest

from parts.configuration import ONE_ROUTE
from parts.daemon import run_gatewatch
from parts.process import free_port, wait_until

CHANNELS = """
[[channel]]
name = "ops"
type = "webhook"
url = "{url}/ops"

[[channel]]
name = "boss"
type = "webhook"
url = "{url}/boss"
"""


@pytest.fixture
def daemon(site, receiver, start_daemon):
    """One that has told of an outage; its rule escalates within seconds."""
    made = start_daemon('token = "t0ken"\n' + ONE_ROUTE.format(url=site.url) +
                        'escalate = [{ after = "6s", notify = ["boss"] }]\n' +
                        CHANNELS.format(url=receiver.url))
    made.wait_for_results(3)
    return made


def ask(daemon, command, *arguments, **options):
    return run_gatewatch(command, "--config", daemon.file, *arguments, **options)


def kinds(daemon):
    return [row[0] for row in
            daemon.query("SELECT kind FROM incident_events ORDER BY incident, sequence")]


def break_down(site, receiver, daemon):
    site.break_down()
    wait_until(lambda: receiver.accepted("/ops"), 20, daemon.said)


def test_the_status_is_one_screen_and_one_exit_code(site, receiver, daemon):
    code, said = ask(daemon, "status")
    assert code == 0 and said.startswith("OK: gatewatch on http://127.0.0.1:"), said
    assert ask(daemon, "incidents") == (0, "no incident\n")
    break_down(site, receiver, daemon)
    code, said = ask(daemon, "status")
    assert code == 2 and said.startswith("CRITICAL") and "1 failing: shop (502)" in said, said
    code, said = ask(daemon, "status", "--json")
    answer = json.loads(said)
    assert code == 2 and answer["state"] == "CRITICAL" and len(answer["incidents"]) == 1
    code, said = ask(daemon, "incidents", "--open")
    assert code == 0 and "critical  open for" in said and "502 Bad Gateway on shop" in said, said
    assert json.loads(ask(daemon, "incidents", "--json")[1])["incidents"][0]["id"] == 1


def test_who_takes_care_of_an_incident_is_kept_and_nobody_else_is_woken(site, receiver, daemon):
    break_down(site, receiver, daemon)
    code, said = ask(daemon, "ack", "1", "--by", "ann", "--comment", "on it")
    assert (code, said) == (0, "incident 1 acknowledged by ann\n")
    events = daemon.api("incidents/1")["events"]
    assert events[-1]["kind"] == "acknowledged"
    assert events[-1]["text"] == "Acknowledged by ann: on it"
    daemon.kill()
    daemon.start()
    incident = daemon.api("incidents/1")
    assert incident["acknowledged_by"] == "ann" and incident["state"] == "open"
    assert "[acknowledged by ann]" in ask(daemon, "status")[1]
    # Longer than the escalation would have waited.
    newest = daemon.query("SELECT max(started_us) FROM results")[0][0]
    wait_until(lambda: daemon.query("SELECT max(started_us) FROM results")[0][0] > newest + 8e6,
               30, daemon.said)
    site.restore()
    wait_until(lambda: len(receiver.accepted("/ops")) == 2, 30, daemon.said)
    assert kinds(daemon) == ["opened", "acknowledged", "resolved"]
    assert not receiver.accepted("/boss")
    code, said = ask(daemon, "ack", "1")
    assert code == 1 and said == "gatewatch ack: This incident is resolved.\n"
    assert ask(daemon, "ack", "9")[1] == "gatewatch ack: There is no such incident.\n"


def test_what_nobody_takes_care_of_is_escalated_once(site, receiver, daemon):
    break_down(site, receiver, daemon)
    wait_until(lambda: receiver.accepted("/boss"), 30, daemon.said)
    first = receiver.accepted("/boss")[0].json
    assert first["kind"] == "opened" and "nobody has acknowledged it" in first["notes"][0], first
    daemon.kill()
    daemon.start()
    site.restore()
    wait_until(lambda: len(receiver.accepted("/boss")) == 2 and
               len(receiver.accepted("/ops")) == 2, 30, daemon.said)
    assert kinds(daemon) == ["opened", "escalated", "resolved"]
    assert receiver.accepted("/boss")[1].json["kind"] == "resolved"


def test_changes_are_noted_with_who_made_them(daemon):
    code, said = ask(daemon, "change", "deploy 42", "--routes", "shop", "--link",
                     "https://ci.example.com/42")
    assert (code, said) == (0, "change 1 noted\n")
    assert ask(daemon, "change", "rollback", "--author", "ci")[0] == 0
    daemon.kill()
    daemon.start()
    assert ask(daemon, "change", "third", "--json")[0] == 0
    changes = daemon.api("changes")["changes"]
    assert [change["id"] for change in changes] == [3, 2, 1]
    assert changes[2]["text"] == "deploy 42" and changes[2]["routes"] == ["shop"]
    assert changes[2]["link"] == "https://ci.example.com/42"
    assert changes[1]["author"] == "ci" and changes[2]["author"] == getpass.getuser()
    code, said = ask(daemon, "change", "x", "--link", "javascript:alert(1)")
    assert code == 1 and '"link" must be a link' in said, said


def test_errors_say_what_to_do(site, daemon, work):
    nowhere = work / "nowhere.toml"
    nowhere.touch(mode=0o600)
    port = free_port()
    nowhere.write_text(f'[daemon]\nlisten = "127.0.0.1:{port}"\ntoken = "x"\n')
    code, said = run_gatewatch("status", "--config", nowhere)
    assert code == 3 and said == (f"gatewatch status: no daemon answers on http://127.0.0.1:{port}: "
                                  "is gatewatch running?\n")
    assert run_gatewatch("ack", "1", "--config", nowhere)[0] == 1
    nowhere.write_text("[daemon\n")
    assert run_gatewatch("incidents", "--config", nowhere)[0] == 2
    assert run_gatewatch("status", "--nonsense")[0] == 3
    # Another token than the daemon's, and none.
    nowhere.write_text(f'[daemon]\nlisten = "127.0.0.1:{daemon.port}"\ntoken = "wrong"\n')
    assert "Authorization" in run_gatewatch("change", "x", "--config", nowhere)[1]
    nowhere.write_text(f'[daemon]\nlisten = "127.0.0.1:{daemon.port}"\n')
    code, said = run_gatewatch("change", "x", "--config", nowhere)
    assert code == 1 and "daemon.token" in said, said
    assert run_gatewatch("status", "--config", nowhere)[0] == 0


def test_a_unix_socket_is_asked_like_a_port(site, start_daemon, make_daemon, work):
    made = make_daemon('token = "t0ken"\n' + ONE_ROUTE.format(url=site.url))
    made.configure('token = "t0ken"\n' + ONE_ROUTE.format(url=site.url), f"unix:{work}/gw.sock")
    made.process.start(lambda: ask(made, "status")[0] == 0)
    assert f"on unix:{work}/gw.sock" in ask(made, "status")[1]
    assert ask(made, "change", "deploy")[0] == 0


def test_what_a_channel_refuses_is_told_through_another_and_the_channel_shows(site, receiver,
                                                                             start_daemon):
    receiver.answers["/ops"] = 404
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + 'notify = ["ops"]\n' +
                          CHANNELS.format(url=receiver.url).replace(
                              'name = "ops"', 'name = "ops"\nfallback = "boss"'))
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: receiver.accepted("/boss"), 20, daemon.said)
    told = receiver.accepted("/boss")[0].json
    assert told["kind"] == "opened" and told["notes"][0].startswith("Told here because ops did"), told
    assert "notification given up" in daemon.said()
    for _ in range(2):  # and so it does after a restart
        assert daemon.metric("gatewatch_channel_failing", channel="ops") == 1
        checks = {check["name"]: check for check in json.loads(daemon.get("/readyz")[2])["checks"]}
        assert not checks["channel ops"]["ok"] and "404" in checks["channel ops"]["detail"], checks
        assert daemon.get("/readyz")[0] == 200
        assert "trouble    channel ops" in ask(daemon, "status")[1]
        daemon.kill()
        daemon.start()
    site.restore()
    wait_until(lambda: len(receiver.accepted("/boss")) == 2, 30, daemon.said)
    kinds = [each.json["kind"] for each in receiver.accepted("/boss")]
    assert kinds == ["opened", "resolved"]
