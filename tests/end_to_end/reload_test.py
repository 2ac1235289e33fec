"""What a reload applies while the daemon runs, what it leaves to a restart, and how POST /-/reload
answers."""

import http.client
import json
import resource

from parts.process import wait_until

ROUTE = '[[route]]\nname = "shop"\nurl = "{url}"\ninterval = "200ms"\ntimeout = "200ms"\n'


def reload_by_http(daemon, token):
    """Status and JSON of the answer to POST /-/reload."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=10)
    try:
        connection.request("POST", "/-/reload", "{}", {"Authorization": f"Bearer {token}",
                                                       "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def test_a_reload_by_http_says_what_became_of_it(site, start_daemon):
    good = 'token = "t0ken"\n' + ROUTE.format(url=site.url)
    daemon = start_daemon(good)
    assert reload_by_http(daemon, "t0ken") == (200, {"reloaded": True})
    daemon.configure(good + 'intervall = "1s"\nx = 1\n')
    status, answer = reload_by_http(daemon, "t0ken")
    assert status == 422 and len(answer["mistakes"]) == 2, (status, answer)
    assert "gatewatch.toml:" in answer["mistakes"][0]
    daemon.configure(good)
    assert reload_by_http(daemon, "t0ken")[0] == 200


def test_a_reload_without_a_thread_is_refused_and_the_old_goes_on(site, start_daemon):
    text = ROUTE.format(url=site.url)
    daemon = start_daemon(text)
    daemon.wait_for_results(3)

    def count():
        return daemon.query("SELECT count(*) FROM results")[0][0]

    pid = daemon.process.pid
    unlimited = resource.prlimit(pid, resource.RLIMIT_AS)
    pages = int(open(f"/proc/{pid}/statm").read().split()[0])
    # Less than the stack of one more thread.
    resource.prlimit(pid, resource.RLIMIT_AS,
                     (pages * resource.getpagesize() + (4 << 20), unlimited[1]))
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 0, 10,
               daemon.said)
    assert "the thread reload cannot be started" in daemon.said()
    before = count()
    wait_until(lambda: count() >= before + 3, 10, "the old one goes on")

    resource.prlimit(pid, resource.RLIMIT_AS, unlimited)
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 1, 10,
               daemon.said)
    assert daemon.process.child.poll() is None
