"""The log: what is bounded by the configuration is told in full, each thing as a field of its own,
as loudly as it is severe."""

from parts.process import wait_until

DEFAULTS = '[defaults]\ninterval = "1s"\ntimeout = "1s"\n'
CHANNEL = '[[channel]]\nname = "journal"\ntype = "log"\n'
ROUTES = 40


def routes(extra=""):
    return "".join(f'[[route]]\nname = "r{number}"\nurl = "http://127.0.0.1:{number + 1}/"\n{extra}'
                   for number in range(ROUTES))


def lines(daemon, *words):
    return [line for line in daemon.said().splitlines() if all(word in line for word in words)]


def test_every_incident_and_every_mistake_is_logged(start_daemon):
    daemon = start_daemon(DEFAULTS + CHANNEL + routes())
    wait_until(lambda: daemon.query("SELECT count(*) FROM incidents")[0][0] == ROUTES, 30,
               daemon.said)
    for word in (" incident id=", " notification kind=opened "):
        wait_until(lambda: len(lines(daemon, word, "severity=critical", "rule=")) == ROUTES, 10,
                   daemon.said)
    for line in lines(daemon, "severity=critical"):
        assert " error " in line, line
    for line in lines(daemon, " notification "):
        assert 'title="Connection refused on r' in line and " route=r" in line, line
        assert '\\"' not in line, "nothing is quoted twice"

    daemon.configure(DEFAULTS + CHANNEL + routes('intervall = "1s"\n'))
    daemon.reload()
    wait_until(lambda: len(lines(daemon, "reload refused", "intervall")) == ROUTES, 10, daemon.said)

    daemon.configure(DEFAULTS + CHANNEL)
    daemon.reload()
    for word in (" incident id=", " notification kind=resolved "):
        wait_until(lambda: len(lines(daemon, word, "resolved")) == ROUTES, 10, daemon.said)
    for line in lines(daemon, "kind=resolved") + lines(daemon, "event=resolved"):
        assert " info " in line, line
