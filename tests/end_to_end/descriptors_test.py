"""Few descriptors, or none: no route is called down for that, whoever is to be told is told, and all is
well again afterwards."""

import resource
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


def routes(site):
    return CONFIGURATION + "".join(f"""
[[route]]
name = "shop-{number}"
url = "{site.url}"
interval = "500ms"
timeout = "400ms"
""" for number in range(ROUTES))


def outcomes(daemon, until):
    return {outcome for outcome, in daemon.query(
        "SELECT DISTINCT outcome FROM results WHERE started_us < ?", int(until * 1e6))}


def check_recovery(daemon):
    newest, = daemon.query("SELECT max(started_us) FROM results")[0]
    wait_until(lambda: daemon.query("SELECT count(DISTINCT route) FROM results "
                                    "WHERE status = 200 AND started_us > ?", newest)[0][0] == ROUTES,
               30, lambda: f"all routes are probed again; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.get("/readyz")[0] == 200, 10, "it is ready")


def test_clients_that_take_descriptors_leave_some_to_probes_and_alerts(
        site, receiver, mail_server, channels, start_daemon):
    daemon = start_daemon(routes(site) + channels, prefix=("prlimit", f"--nofile={FEW}"))
    daemon.wait_for_results(2 * ROUTES)
    clients = idle_clients(daemon.port, 3 * FEW)
    try:
        daemon.wait_for_results(6 * ROUTES, where="1")
        broken = time.time()
        site.break_down()
        told(1, receiver, mail_server, daemon)
        site.restore()
        told(2, receiver, mail_server, daemon)
    finally:
        for each in clients:
            each.close()
    assert outcomes(daemon, broken - 1) == {"ok"}
    assert daemon.query("SELECT DISTINCT rule FROM incidents") == [("bad-gateway",)]
    check_recovery(daemon)


def told(count, receiver, mail_server, daemon):
    wait_until(lambda: min(len(receiver.accepted("/slack")), len(receiver.accepted("/webhook")),
                           len(mail_server.messages())) >= count, 60,
               lambda: f"message {count} everywhere; it said:\n{daemon.said()}")


def test_without_any_descriptor_no_route_is_down(site, receiver, mail_server, channels, start_daemon):
    """The limit falls below what is open already: nothing can be opened any more."""
    daemon = start_daemon(routes(site) + channels)
    daemon.wait_for_results(2 * ROUTES)
    allowed = resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (8, allowed[1]))
    daemon.wait_for_results(4 * ROUTES, where="outcome = 'vantage' AND reason = 'no_resources'")
    resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, allowed)
    check_recovery(daemon)
    assert outcomes(daemon, time.time()) == {"ok", "vantage"}
    # What was to be told meanwhile, that it is blind, is told now.
    told(2, receiver, mail_server, daemon)
    assert daemon.query("SELECT DISTINCT rule FROM incidents") == [("blind",)]
