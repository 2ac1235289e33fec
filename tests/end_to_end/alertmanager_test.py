"""The channel to Alertmanager, with a real one: what fires is told and told again, so that an
Alertmanager which lost everything has it again within a minute; its end is told at once. And the
webhook that speaks as Alertmanager does is compared with what the real one sends."""

from parts.process import wait_until

CONFIGURATION = """
[[route]]
group = "shop"
name = "checkout"
url = "{url}"
interval = "1s"
timeout = "1s"
runbook = "https://wiki.example.test/502"

[[rule]]
name = "bad-gateway"
match = ["bad_gateway"]
window = "20s"
resolve_after = 2

[[channel]]
name = "alertmanager"
type = "alertmanager"
url = "{alertmanager}"

[[channel]]
name = "like-alertmanager"
type = "webhook"
format = "alertmanager"
url = "{receiver}/from-us"
"""


def test_an_incident_comes_to_alertmanager_and_goes(site, receiver, alertmanager, start_daemon):
    daemon = start_daemon(CONFIGURATION.format(url=site.url, alertmanager=alertmanager.url,
                                               receiver=receiver.url))
    daemon.wait_for_results(5)
    assert alertmanager.alerts() == []

    site.break_down()
    [alert] = wait_until(alertmanager.alerts, 30, lambda: f"an alert; it said:\n{daemon.said()}")
    assert alert["status"]["state"] == "active"
    assert alert["labels"].items() >= {"alertname": "bad-gateway", "route": "shop/checkout",
                                       "severity": "critical"}.items()
    assert alert["annotations"]["runbook_url"] == "https://wiki.example.test/502"
    assert "502 Bad Gateway" in alert["annotations"]["summary"]
    assert "/incidents/1" in alert["generatorURL"]

    def told(path, status):
        return lambda: [each.json for each in receiver.accepted(path)
                        if each.json["status"] == status]
    [theirs] = wait_until(told("/from-alertmanager", "firing"), 20, "Alertmanager tells")
    [ours] = wait_until(told("/from-us", "firing"), 20, "we tell as Alertmanager does")
    check_alike(ours, theirs)
    assert ours["alerts"][0]["fingerprint"] == alert["fingerprint"]

    # Alertmanager keeps no alerts over a restart. Nothing new happens here, and yet it learns.
    alertmanager.stop()
    alertmanager.start()
    assert alertmanager.alerts() == []
    wait_until(alertmanager.alerts, 75, lambda: f"the alert again; it said:\n{daemon.said()}")

    # A restart of ours tells at once what goes on.
    alertmanager.stop()
    alertmanager.start()
    daemon.terminate()
    daemon.start()
    wait_until(alertmanager.alerts, 20, lambda: f"the alert at the start:\n{daemon.said()}")
    assert daemon.query("SELECT count(*) FROM deliveries WHERE state = 'delivered'") == [(2,)]

    site.restore()
    [theirs] = wait_until(told("/from-alertmanager", "resolved"), 60,
                          lambda: f"the resolution; it said:\n{daemon.said()}")
    [ours] = wait_until(told("/from-us", "resolved"), 20, "we tell the end as Alertmanager does")
    check_alike(ours, theirs)
    assert alertmanager.alerts() == []


def check_alike(ours, theirs):
    assert set(ours) == set(theirs)
    assert ours["version"] == theirs["version"] == "4"
    assert ours["status"] == theirs["status"]
    [our_alert], [their_alert] = ours["alerts"], theirs["alerts"]
    assert set(our_alert) == set(their_alert)
    for key in ("status", "labels", "fingerprint"):
        assert our_alert[key] == their_alert[key], key
    assert (our_alert["endsAt"] == "0001-01-01T00:00:00Z") == (
        their_alert["endsAt"] == "0001-01-01T00:00:00Z")
