"""Everything that a server can do wrong, done to the release binary: each misbehaviour has its
outcome, within the deadline and small bounds on bytes and memory, and leads nowhere else."""

import re

import pytest

from parts.certificate import make_certificate
from parts.hostile_end import Listener
from parts.hostile_site import BEHAVIOURS, Behaviour, HostileSite, head
from parts.process import wait_until

TIMEOUT_S = 1
LATE_S = 0.25
MOST_BYTES = 16 << 20   # into one connection, those in the buffers of the kernel included
MOST_GROWTH = 32 << 20  # of the whole process, for all at once


def route(behaviour, port, ca):
    tls = f'tls = {{ ca = "{ca}" }}' if "tls = " not in behaviour.route else ""
    return f"""
[[route]]
name = "{behaviour.name}"
url = "{behaviour.url(port)}"
timeout = "{TIMEOUT_S}s"
interval = "3s"
confirm.times = 0
{tls}
{behaviour.route}
"""


@pytest.fixture
def certificate(work):
    return make_certificate(work)


@pytest.fixture
def start_site(certificate):
    started = []

    def start(behaviours):
        started.append(HostileSite(behaviours, *certificate))
        return started[-1]

    yield start
    for each in started:
        if each.child.poll() is None:
            each.stop()


class Canary(Listener):
    """Listens where nobody may come, or may come with little, and keeps what came."""

    def __init__(self, address="127.0.0.1"):
        self.heard = []
        super().__init__(self.hear, address)

    def hear(self, client):
        client.settimeout(2)
        self.heard.append(client.recv(65536))
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture
def start_canary():
    started = []

    def start(*arguments):
        started.append(Canary(*arguments))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def memory(daemon, key):
    with open(f"/proc/{daemon.process.pid}/status") as status:
        return int(re.search(rf"^{key}:\s+(\d+) kB", status.read(), re.M)[1]) << 10


def results(daemon):
    """The first result of each route: outcome, status, reason, seconds, detail."""
    rows = daemon.query("SELECT route, outcome, status, reason, duration_us / 1e6, detail "
                        "FROM results ORDER BY started_us DESC")
    return {row[0]: row[1:] for row in rows}


def test_every_misbehaviour_has_its_outcome_within_its_bounds(certificate, start_site,
                                                               start_daemon):
    site = start_site(BEHAVIOURS)
    daemon = start_daemon("".join(route(each, site.ports[each.name], certificate[0])
                                  for each in BEHAVIOURS))
    before = memory(daemon, "VmRSS")
    wait_until(lambda: len(results(daemon)) == len(BEHAVIOURS), 30,
               lambda: f"results of all; it said:\n{daemon.said()}")
    grown = memory(daemon, "VmHWM") - before
    wrong = []
    for each in BEHAVIOURS:
        outcome, status, reason, seconds, detail = results(daemon)[each.name]
        right = (each.outcome, each.status, each.reason or reason)
        if (outcome, status, reason) != right or seconds > TIMEOUT_S + LATE_S:
            wrong.append(f"{each.name}: {outcome} {status} {reason} after {seconds} s ({detail}), "
                         f"not {right}")
    assert not wrong, "\n".join(wrong)
    assert grown < MOST_GROWTH
    assert daemon.stop() == 0
    greedy = {name: most for name, (_, most) in site.stop().items() if most > MOST_BYTES}
    assert not greedy


def test_no_spelling_of_a_denied_address_is_connected_to(start_site, start_daemon, start_canary):
    canary = start_canary("127.0.0.2")
    spellings = ["127.0.0.2", "127.0.0.2.", "127.2", "127.0.2", "2130706434", "0x7f000002",
                 "0x7f.0.0.2", "0177.0.0.2", "[::ffff:127.0.0.2]", "[::ffff:7f00:2]",
                 "a@127.0.0.2", "127.0.0.2%2f@x", "127.0.0.%32", "①27.0.0.2"]
    behaviours = [Behaviour(f"to-{number}",
                            f"HTTP/1.1 302 X\r\nLocation: //{host}:{canary.port}/\r\n\r\n".encode())
                  for number, host in enumerate(spellings)]
    site = start_site(behaviours)
    daemon = start_daemon('targets = { deny = ["127.0.0.2/32"] }\n' + "".join(
        route(each, site.ports[each.name], "/dev/null").replace('tls = { ca = "/dev/null" }', "")
        for each in behaviours))
    wait_until(lambda: len(results(daemon)) == len(behaviours), 20, "results of all")
    seen = {name: row[0] for name, row in results(daemon).items()}
    assert set(seen.values()) <= {"redirect_refused", "target_refused", "dns_failure"}, seen
    assert canary.heard == []


def test_what_a_route_sends_in_confidence_stays_with_its_origin(start_site, start_daemon,
                                                                 start_canary):
    canary = start_canary()
    site = start_site([Behaviour("away", head(
        307, f"Location: http://127.0.0.1:{canary.port}/"), end="hang")])
    start_daemon(f"""
[[route]]
name = "away"
url = "http://127.0.0.1:{site.ports['away']}/"
interval = "1s"
timeout = "1s"
headers = {{ Authorization = "Bearer CANARY-token", X-Api-Key = "CANARY-key", Cookie = "a=CANARY" }}
""")
    wait_until(lambda: canary.heard, 10, "the redirect to be followed")
    assert b"CANARY" not in canary.heard[0], canary.heard[0]


def test_proxies_of_the_environment_are_nobodys_business(site, start_daemon, start_canary):
    canary = start_canary()
    names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    daemon = start_daemon(f'[[route]]\nname = "shop"\nurl = "{site.url}"\ninterval = "1s"\n'
                          'timeout = "1s"\n',
                          environment={name: f"http://127.0.0.1:{canary.port}" for name in names})
    daemon.wait_for_results(2)
    assert canary.heard == []
