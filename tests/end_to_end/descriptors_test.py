"""Few descriptors, and clients that take them all: no route is called down for that, whoever is to be
told is told, and all is well again afterwards."""

import socket
import time

from parts.process import wait_until

FEW = 64
ROUTES = 60

CONFIGURATION = """
[[rule]]
name = "bad-gateway"
match = ["bad_gateway"]
window = "10s"
resolve_after = 2

[[rule]]
name = "down"
match = ["unreachable"]
window = "10s"
resolve_after = 2
"""


def idle_clients(port, count):
    """Connections to our own port, as many as it takes, which say nothing."""
    clients = []
    for _ in range(count):
        client = socket.socket()
        client.settimeout(1)
        try:
            client.connect(("127.0.0.1", port))
        except OSError:
            client.close()
            break
        clients.append(client)
    return clients


def test_without_descriptors_no_route_is_down_and_alerts_go_out(site, receiver, mail_server, channels,
                                                                start_daemon):
    daemon = start_daemon(CONFIGURATION +
                          channels + "".join(f"""
[[route]]
name = "shop-{number}"
url = "{site.url}"
interval = "500ms"
timeout = "400ms"
""" for number in range(ROUTES)), prefix=("prlimit", f"--nofile={FEW}"))
    daemon.wait_for_results(2 * ROUTES)
    clients = idle_clients(daemon.port, 3 * FEW)
    try:
        daemon.wait_for_results(6 * ROUTES, where="1")
        broken = time.time()
        site.break_down()
        for count in (1, 2):
            wait_until(lambda: len(receiver.accepted("/slack")) >= count and
                       len(receiver.accepted("/webhook")) >= count and
                       len(mail_server.messages()) >= count, 60,
                       lambda: f"message {count}; it said:\n{daemon.said()}")
            site.restore() if count == 1 else None
    finally:
        for each in clients:
            each.close()
    # Until the site broke, nothing but faults of ours could be in the way of a probe.
    outcomes = dict(daemon.query(
        "SELECT outcome, count(*) FROM results WHERE started_us < ? GROUP BY outcome",
        int((broken - 1) * 1e6)))
    print(outcomes, daemon.query("SELECT DISTINCT reason, detail FROM results WHERE outcome = 'vantage'"))
    assert set(outcomes) <= {"ok", "vantage"}, outcomes
    assert daemon.query("SELECT DISTINCT rule FROM incidents WHERE rule NOT IN ('bad-gateway', 'blind')"
                        ) == []
    newest, = daemon.query("SELECT max(started_us) FROM results")[0]
    wait_until(lambda: daemon.query("SELECT count(DISTINCT route) FROM results "
                                    "WHERE status = 200 AND started_us > ?", newest)[0][0] == ROUTES,
               30, lambda: f"all routes are probed again; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.get("/readyz")[0] == 200, 10, "it is ready")
