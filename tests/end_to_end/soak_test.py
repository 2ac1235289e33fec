"""Very many probes with faults at random: memory and descriptors stay as they were, every probe has
its result. GATEWATCH_SOAK_PROBES says how many; a million takes some minutes."""

import os
import re
import time

from parts.certificate import make_certificate
from parts.hostile_site import (CONTENT, CUT, ENDLESS, MALFORMED, REDIRECTS, RIGHT, SLOW, STATUSES,
                                TLS, Behaviour, HostileSite)
from parts.process import wait_until

PROBES = int(os.environ.get("GATEWATCH_SOAK_PROBES", 20_000))
ROUTES = 400
INTERVAL_S = 0.1
RARE = {each.name for each in ENDLESS}  # megabytes each
POLITE = ("nice", "-n", "10")  # other tests run beside this one, and look at the time
GROWTH = 1.10
SLACK = 4 << 20  # bytes: what a short run has not yet touched

IDLE = '[[route]]\nname = "idle"\nurl = "http://127.0.0.1:1/"\ninterval = "1h"\ntimeout = "1s"\n'


def route(name, url, seconds, more=""):
    return f"""
[[route]]
name = "{name}"
url = "{url}"
interval = "{int(seconds * 1000)}ms"
timeout = "90ms"
{more}
"""


def routes(site, behaviours, ca):
    text = ""
    chance = f"http://127.0.0.1:{site.ports['random']}/"
    for number in range(ROUTES):
        text += route(f"random-{number}", chance, INTERVAL_S)
    for each in behaviours:
        more = f'tls = {{ ca = "{ca}" }}\n' if each.tls and "tls = " not in each.route else ""
        text += route(each.name, each.url(site.ports[each.name]), 5 if each.name in RARE else 0.5,
                      more + each.route)
    text += route("refused", "http://127.0.0.1:1/", INTERVAL_S)
    text += route("nowhere", "http://nowhere.invalid/", 1, 'resolver = "127.0.0.1:1"')
    text += route("astray", "http://169.254.169.254/", INTERVAL_S)
    return text


def state(daemon):
    """Bytes in memory and open descriptors."""
    process = f"/proc/{daemon.process.pid}"
    with open(f"{process}/statm") as numbers:
        resident = int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident, len(os.listdir(f"{process}/fd"))


def started(daemon):
    return daemon.metric("gatewatch_probes_started_total")


def wait_for_probes(daemon, count):
    begun, last = time.monotonic(), 0
    while (now := started(daemon)) < count:
        assert daemon.process.child.poll() is None, daemon.said()
        assert time.monotonic() - begun < 60 or now > last, "probes stopped"
        last = now
        time.sleep(min(1, max(0.05, count / 100_000)))


def settle(daemon, text):
    """Lets every probe in flight end: no route is due any more."""
    reloads = daemon.metric("gatewatch_config_last_reload_success_timestamp_seconds")
    daemon.configure(re.sub('interval = "[^"]*"', 'interval = "300d"', text))
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_success_timestamp_seconds") >
               reloads, 20, lambda: f"the reload; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.metric("gatewatch_probes_in_flight") == 0, 10, "probes end")
    wait_until(lambda: daemon.metric("gatewatch_recorder_queue_length") == 0, 20, "all is written")


def probe_and_settle(daemon, text, count):
    """What is resident after so many probes in all, with none in flight: how many are at once
    depends on what else the machine does."""
    daemon.configure(text)
    daemon.reload()
    wait_for_probes(daemon, count)
    settle(daemon, text)
    return state(daemon)[0]


def test_very_many_faulty_probes_leave_nothing_behind(work, start_daemon):
    certificate, key = make_certificate(work)
    plain = [*RIGHT, *STATUSES, *MALFORMED, *CUT, *SLOW, *CONTENT, *REDIRECTS]
    playable = [each for each in plain if not each.tls and each.scheme != "https"]
    others = [each for each in [*plain, *TLS] if each not in playable] + ENDLESS
    chance = HostileSite([*playable, Behaviour("random", end="random")], prefix=POLITE)
    site = HostileSite(others, certificate, key, prefix=POLITE)
    try:
        site.ports["random"] = chance.ports["random"]
        daemon = start_daemon(IDLE, prefix=POLITE)
        descriptors = state(daemon)[1]
        text = routes(site, others, certificate)
        memory = probe_and_settle(daemon, text, PROBES * 0.3)
        grown = probe_and_settle(daemon, text, PROBES)
        check_books(daemon)
        print(f"{started(daemon):.0f} probes: {memory >> 10} KiB, {grown >> 10} KiB at the end; "
              f"{descriptors} descriptors, {state(daemon)[1]} at the end")
        assert grown <= memory * GROWTH + (SLACK if PROBES < 500_000 else 0)
        assert abs(state(daemon)[1] - descriptors) <= 5
        assert daemon.stop() == 0
    finally:
        site.stop()
        chance.stop()


def check_books(daemon):
    """Every probe that was started had one result, and each was stored."""
    written = daemon.metric("gatewatch_results_written_total")
    assert written == started(daemon)
    assert daemon.metric("gatewatch_results_dropped_total") == 0
    assert daemon.query("SELECT count(*) FROM results") == [(written,)]
