"""kill -9 in the middle of an incident, and a start again: no alert is lost, none is doubled, and
what is told keeps its identity."""

import time

import pytest

from parts.alerts import alerts_by_channel, states
from parts.configuration import ONE_ROUTE
from parts.process import wait_until


def wait_for(wanted, receiver, mail_server, daemon, seconds=40):
    """Waits until every channel heard `wanted` at least, in this order."""
    wait_until(lambda: all(len(each) >= len(wanted)
                           for each in states(alerts_by_channel(receiver, mail_server)).values()),
               seconds, lambda: (f"{wanted} everywhere, but "
                                 f"{states(alerts_by_channel(receiver, mail_server))}; "
                                 f"it said:\n{daemon.said()}"))


@pytest.mark.parametrize("delay", [0.0, 0.4, 1.1, 2.3, 4.0])
def test_a_kill_during_an_outage(delay, site, receiver, mail_server, channels, start_daemon):
    """`delay` after the first 502 was stored: before, while and after the alert goes out."""
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + channels)
    daemon.wait_for_results(3)
    site.break_down()
    daemon.wait_for_results(1, where="status = 502")
    time.sleep(delay)
    daemon.kill()
    time.sleep(0.5)
    daemon.start()
    assert daemon.query("PRAGMA integrity_check") == [("ok",)]

    wait_for(["firing"], receiver, mail_server, daemon)
    site.restore()
    wait_for(["firing", "resolved"], receiver, mail_server, daemon)
    time.sleep(2)
    check_conversation(receiver, mail_server, daemon)


def test_a_kill_does_not_cut_confirmations_off(site, receiver, start_daemon):
    """The next turn is half a minute away: what tells in seconds is the probes that confirm."""
    daemon = start_daemon(ONE_ROUTE.format(url=site.url).replace(
        'interval = "1s"', 'interval = "30s"').replace('window = "10s"', 'window = "60s"') + f"""
[[channel]]
name = "webhook"
type = "webhook"
url = "{receiver.url}/webhook"
""")
    daemon.wait_for_results(1, seconds=40)
    site.break_down()
    daemon.wait_for_results(1, seconds=40, where="status = 502")
    daemon.kill()
    daemon.start()
    wait_until(lambda: receiver.deliveries, 15, lambda: f"an alert; it said:\n{daemon.said()}")
    kinds = daemon.query("SELECT kind FROM results WHERE status = 502 ORDER BY started_us")
    assert kinds[0] == ("scheduled",) and set(kinds[1:]) == {("confirmation",)}, kinds


def check_conversation(receiver, mail_server, daemon):
    """One opening and one resolution per channel. The one message that was on its way when the
    process died may come again, and is then known by its key."""
    found = alerts_by_channel(receiver, mail_server)
    for channel in ("webhook", "email"):
        identity = ((lambda alert: alert.source.json["key"]) if channel == "webhook" else
                    (lambda alert: alert.source["Message-ID"]))
        messages = {}
        for alert in found[channel]:
            messages.setdefault(identity(alert), alert.state)
        assert list(messages.values()) == ["firing", "resolved"], (channel, states(found))
        assert len(found[channel]) <= 3, states(found)
    assert sorted(set(states(found)["slack"])) == ["firing", "resolved"]
    assert len(found["slack"]) <= 3 and found["slack"][-1].state == "resolved", states(found)
    assert daemon.query("SELECT count(*), min(state) FROM incidents") == [(1, "resolved")]
    assert daemon.query("SELECT sequence, kind FROM incident_events ORDER BY sequence") == [
        (1, "opened"), (2, "resolved")]


def test_what_could_not_be_delivered_is_delivered_after_a_kill(site, receiver, mail_server,
                                                               channels, start_daemon):
    receiver.answers = {"/slack": 503, "/webhook": 503}
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + channels)
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: any(each.path == "/webhook" for each in receiver.deliveries), 30,
               lambda: f"an attempt; it said:\n{daemon.said()}")
    refused = next(each for each in receiver.deliveries if each.path == "/webhook").json
    time.sleep(0.6)
    daemon.kill()
    receiver.answers = {}
    daemon.start()
    wait_for(["firing"], receiver, mail_server, daemon)
    time.sleep(2)
    accepted = [each.json for each in receiver.accepted("/webhook")]
    assert [each["key"] for each in accepted] == [refused["key"]]
    assert accepted[0]["sequence"] == refused["sequence"] == 1
    assert len(receiver.accepted("/slack")) == 1


def test_a_stop_waits_for_the_answer_to_a_message(site, receiver, start_daemon):
    receiver.delay = 0.5
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + f"""
[[channel]]
name = "webhook"
type = "webhook"
url = "{receiver.url}/webhook"
""")
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: receiver.deliveries, 30, lambda: f"a message; it said:\n{daemon.said()}")
    code, seconds = daemon.terminate()
    assert code == 0 and seconds < 2, (code, seconds)
    daemon.start()
    time.sleep(3)
    assert len(receiver.deliveries) == 1, [each.json["key"] for each in receiver.deliveries]
    assert daemon.query("SELECT state, attempts FROM deliveries") == [("delivered", 1)]


def test_a_restart_in_an_open_incident_says_nothing(site, receiver, mail_server, channels,
                                                    start_daemon):
    daemon = start_daemon(ONE_ROUTE.format(url=site.url) + channels)
    daemon.wait_for_results(3)
    site.break_down()
    wait_for(["firing"], receiver, mail_server, daemon)
    for _ in range(3):
        daemon.kill()
        daemon.start()
        time.sleep(1.5)
    found = states(alerts_by_channel(receiver, mail_server))
    assert found == {name: ["firing"] for name in found}, found


def test_results_older_than_a_second_survive_kill_9(site, start_daemon):
    daemon = start_daemon("""
[[route]]
name = "shop"
url = "%s"
interval = "100ms"
timeout = "100ms"

[[channel]]
name = "log"
type = "log"
""" % site.url)
    for _ in range(5):
        time.sleep(1.2)
        killed = time.time()
        daemon.kill()
        newest = daemon.query("SELECT max(started_us) FROM results")[0][0] / 1e6
        assert killed - newest < 1.0
        assert daemon.query("PRAGMA integrity_check") == [("ok",)]
        daemon.start()
