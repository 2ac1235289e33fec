"""The main job on real parts: the upstream behind nginx dies, and seconds later Slack, email and
webhook were told once each; it comes back, and they are told once more. Results are in SQLite, and
Prometheus has the series."""

import re
import time

import pytest

from parts.alerts import alerts_by_channel, states
from parts.mail_server import MailServer
from parts.process import wait_until

ROUTE = """
[[route]]
group = "shop"
name = "checkout"
url = "{url}"
interval = "{interval}"
timeout = "1s"
runbook = "https://wiki.example.test/502"
"""

# The built-in rule, but for the resolution: that comes when the failures have left the window.
RULE = """
[[rule]]
name = "bad-gateway"
match = ["bad_gateway"]
window = "{window}"
resolve_after = 2
"""

LONGEST_DELAY = 5.0  # seconds from the first 502 that a probe saw to the received alert


def told(receiver, mail_server, count, seconds, daemon):
    """Waits until every channel has `count` alerts."""
    def all_have():
        found = alerts_by_channel(receiver, mail_server)
        return found if all(len(each) >= count for each in found.values()) else None
    return wait_until(all_have, seconds, lambda: (
        f"{count} alerts on each channel, but {states(alerts_by_channel(receiver, mail_server))}; "
        f"it said:\n{daemon.said()}"))


@pytest.mark.parametrize("interval, window, history, recovery", [
    ("1s", "20s", 20, 40), ("30s", "60s", 1, 100)])
def test_the_main_job(interval, window, history, recovery, site, receiver, mail_server, channels,
                      start_daemon, start_scraper, promtool):
    daemon = start_daemon(ROUTE.format(url=site.url, interval=interval) +
                          RULE.format(window=window) + channels)
    scraper = start_scraper(daemon.port)
    daemon.wait_for_results(history, seconds=60)
    assert states(alerts_by_channel(receiver, mail_server)) == {
        "slack": [], "webhook": [], "email": []}

    site.break_down()
    opened = told(receiver, mail_server, 1, 45, daemon)
    first = daemon.first_502()
    delays = {channel: alerts[0].arrived - first for channel, alerts in opened.items()}
    print(f"interval {interval}: from the first 502 to the alert", delays)
    assert all(delay <= LONGEST_DELAY for delay in delays.values()), delays
    for alerts in opened.values():
        assert alerts[0].state == "firing"
        assert "502" in alerts[0].text and "shop/checkout" in alerts[0].text, alerts[0].text
    assert receiver.is_signed(opened["webhook"][0].source)
    assert daemon.metric("gatewatch_incidents_open", severity="critical") == 1

    # Prometheus saw the 502s while they lasted.
    wait_until(lambda: any(labels.get("code") == "502" and value >= 2 for labels, value in
                           scraper.query('gatewatch_probe_responses_total{route="shop/checkout"}')),
               10, "Prometheus has the series of the 502s")
    wait_until(lambda: [value for _, value in
                        scraper.query("sum(gatewatch_incidents_open)")] == [1.0],
               10, "Prometheus has the open incident")

    site.restore()
    closed = told(receiver, mail_server, 2, recovery, daemon)
    time.sleep(3)  # the time in which a doubled message would come
    closed = alerts_by_channel(receiver, mail_server)
    assert states(closed) == {name: ["firing", "resolved"] for name in closed}, daemon.said()
    assert receiver.is_signed(closed["webhook"][1].source)

    check_storage(daemon)
    check_threads(closed)
    checked = promtool(daemon.metrics())
    assert checked.returncode == 0 and not checked.stdout.strip(), checked.stdout


def check_storage(daemon):
    assert daemon.query("SELECT DISTINCT status, outcome FROM results ORDER BY status") == [
        (200, "ok"), (502, "status_mismatch")]
    # Every result has its phases, and they sum up to its duration.
    assert daemon.query("""SELECT count(*) FROM results WHERE duration_us <= 0 OR duration_us !=
        dns_us + connect_us + tls_us + send_us + wait_us + receive_us""") == [(0,)]
    assert daemon.query("SELECT state, rule FROM incidents") == [("resolved", "bad-gateway")]
    assert daemon.query("SELECT sequence, kind FROM incident_events ORDER BY sequence") == [
        (1, "opened"), (2, "resolved")]
    # Two steps to three channels, each delivered, each with a key of its own.
    wait_until(lambda: daemon.query(
        "SELECT count(*), count(DISTINCT key) FROM deliveries WHERE state = 'delivered'") == [(6, 6)],
               5, lambda: str(daemon.query("SELECT channel, sequence, state FROM deliveries")))


def check_threads(closed):
    """The two mails are one thread, and the two webhooks one incident with keys of their own."""
    opening, resolution = (alert.source for alert in closed["email"])
    assert opening["Message-ID"] != resolution["Message-ID"]
    assert opening["Message-ID"] in resolution["References"]
    assert {part.get_content_type() for part in opening.walk()} >= {"text/plain", "text/html"}
    bodies = [alert.source.json for alert in closed["webhook"]]
    assert bodies[0]["incident_key"] == bodies[1]["incident_key"]
    assert [body["sequence"] for body in bodies] == [1, 2]
    assert bodies[0]["key"] != bodies[1]["key"]
    assert closed["webhook"][0].source.headers["idempotency-key"] == bodies[0]["key"]


def test_mail_is_sent_encrypted_and_by_who_logged_in(site, receiver, mail_server, channels,
                                                     start_daemon):
    daemon = start_daemon(ROUTE.format(url=site.url, interval="1s") + channels)
    daemon.wait_for_results(3)
    site.break_down()
    told(receiver, mail_server, 1, 30, daemon)
    assert re.search(r"P=esmtpsa X=TLS1\.[23]:\S+ .*A=(plain|login):gatewatch", mail_server.log())


def test_mail_is_not_sent_in_clear_where_the_server_lost_starttls(site, receiver, work,
                                                                  start_daemon):
    directory = work / "mail"
    directory.mkdir()
    server = MailServer(directory, tls=False).start()
    try:
        daemon = start_daemon(ROUTE.format(url=site.url, interval="1s") + f"""
[[channel]]
name = "email"
type = "email"
server = "{server.url}"
username = "{server.username}"
password = "{server.password}"
from = "gatewatch@example.test"
to = ["oncall@example.test"]
""")
        daemon.wait_for_results(3)
        site.break_down()
        wait_until(lambda: daemon.query("SELECT count(*) FROM deliveries WHERE attempts > 0")[0][0],
                   30, lambda: f"an attempt; it said:\n{daemon.said()}")
        assert server.messages() == [] and "<=" not in server.log()
        (state, error), = daemon.query("SELECT DISTINCT state, last_error FROM deliveries")
        assert state != "delivered" and "TLS" in error, (state, error)
    finally:
        server.stop()


def test_an_outage_that_two_rules_see_is_one_conversation(site, receiver, mail_server, channels,
                                                          start_daemon):
    """Without a [[rule]], `bad-gateway` and `down` both see a long outage by 502s."""
    daemon = start_daemon(ROUTE.format(url=site.url, interval="1s") + channels)
    daemon.wait_for_results(5)
    site.break_down()
    told(receiver, mail_server, 1, 30, daemon)
    daemon.wait_for_results(25, seconds=40, where="status = 502")
    time.sleep(1)
    found = states(alerts_by_channel(receiver, mail_server))
    assert found == {name: ["firing"] for name in found}, (
        found, daemon.query("SELECT rule, gateway FROM incidents"))
