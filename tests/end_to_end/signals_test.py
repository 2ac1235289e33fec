"""SIGHUP applies a changed configuration and refuses a wrong one; SIGTERM ends in two seconds with
exit code 0, probes in flight or not."""

import signal
import socket
import time

from parts.process import wait_until

ROUTE = '[[route]]\nname = "{name}"\nurl = "{url}"\ninterval = "{interval}"\ntimeout = "{timeout}"\n'


def results_of(daemon, route):
    return daemon.query("SELECT count(*) FROM results WHERE route = ?", route)[0][0]


def test_a_reload_applies_what_changed_and_only_that(site, start_daemon):
    first = ROUTE.format(name="first", url=site.url, interval="200ms", timeout="200ms")
    second = ROUTE.format(name="second", url=site.url, interval="200ms", timeout="200ms")
    daemon = start_daemon(first)
    wait_until(lambda: results_of(daemon, "first") >= 3, 10, "results of the first route")
    pid = daemon.process.pid

    daemon.configure(first + second)
    daemon.reload()
    wait_until(lambda: results_of(daemon, "second") >= 3, 10,
               lambda: f"results of the second route; it said:\n{daemon.said()}")
    assert daemon.metric("gatewatch_config_last_reload_successful") == 1

    daemon.configure(second)
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_scheduler_routes") == 1, 10, "one route is left")
    time.sleep(0.5)
    ended = results_of(daemon, "first")
    before = results_of(daemon, "second")
    wait_until(lambda: results_of(daemon, "second") >= before + 5, 10, "the second route goes on")
    assert results_of(daemon, "first") == ended
    assert daemon.process.pid == pid and daemon.process.child.poll() is None


def test_a_wrong_configuration_is_refused_and_the_old_goes_on(site, start_daemon):
    good = ROUTE.format(name="shop", url=site.url, interval="200ms", timeout="200ms")
    daemon = start_daemon(good)
    daemon.configure(good + '[[route]]\nname = "x"\nurl = "CANARY-not-a-url"\nintervall = "1s"\n')
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 0, 10,
               lambda: f"the reload is refused; it said:\n{daemon.said()}")
    wait_until(lambda: "intervall" in daemon.said() and "gatewatch.toml:" in daemon.said(), 5,
               "the log names the mistake and its place")
    before = results_of(daemon, "shop")
    wait_until(lambda: results_of(daemon, "shop") >= before + 3, 10, "the old one goes on")

    daemon.configure(good)
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 1, 10,
               "the next good one is applied")


def test_a_signal_during_the_start_waits_for_its_end(site, make_daemon):
    text = ROUTE.format(name="shop", url=site.url, interval="200ms", timeout="200ms")
    for attempt in range(20):
        number = signal.SIGTERM if attempt % 2 else signal.SIGHUP
        daemon = make_daemon(text)
        daemon.process.start(lambda daemon=daemon: (daemon.data / "gatewatch.db").exists())
        daemon.process.signal(number)
        if number == signal.SIGHUP:
            wait_until(lambda daemon=daemon: "configuration reloaded" in daemon.said(), 10,
                       lambda daemon=daemon: f"one reload after the start; it said:\n{daemon.said()}")
            assert daemon.terminate()[0] == 0
        else:
            assert daemon.process.child.wait(10) == 0, daemon.said()


def test_a_storm_of_reloads(site, start_daemon):
    text = ROUTE.format(name="shop", url=site.url, interval="200ms", timeout="200ms")
    daemon = start_daemon(text)
    for _ in range(50):
        daemon.reload()
        time.sleep(0.01)
    before = results_of(daemon, "shop")
    wait_until(lambda: results_of(daemon, "shop") >= before + 3, 10, "it goes on")
    assert daemon.terminate()[0] == 0


def silent_server():
    """Accepts connections in its backlog and never answers."""
    silent = socket.socket()
    silent.bind(("127.0.0.1", 0))
    silent.listen(128)
    return silent


def test_sigterm_with_probes_in_flight(start_daemon):
    with silent_server() as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        daemon = start_daemon("".join(
            ROUTE.format(name=f"silent{number}", url=url, interval="30s", timeout="20s")
            for number in range(300)))
        wait_until(lambda: (daemon.metric("gatewatch_probes_in_flight") or 0) >= 3, 20,
                   "probes in flight")
        code, took = daemon.terminate()
    assert code == 0, daemon.said()
    assert took < 2.0


def test_sigint_ends_it_too_and_keeps_what_was_measured(site, start_daemon):
    daemon = start_daemon(ROUTE.format(name="shop", url=site.url, interval="100ms",
                                       timeout="100ms"))
    daemon.wait_for_results(5)
    ended = time.time()
    daemon.process.signal(signal.SIGINT)
    assert daemon.process.child.wait(5) == 0
    newest = daemon.query("SELECT max(started_us) FROM results")[0][0] / 1e6
    assert ended - newest < 0.5
