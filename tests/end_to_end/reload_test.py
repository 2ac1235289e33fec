"""What a reload applies while the daemon runs, what it leaves to a restart, and how POST /-/reload
answers."""

import http.client
import json
import resource

from parts.process import free_port, wait_until

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


def test_what_only_a_restart_applies_is_said_and_access_is_judged_by_what_is_bound(site,
                                                                                  start_daemon):
    route = ROUTE.format(url=site.url)
    token = 'token = "t0ken"\n'
    daemon = start_daemon(token + route)
    # Any address: there reads need the token, and every literal is a Host of ours.
    for _ in range(2):
        daemon.configure(token + route, listen=f"0.0.0.0:{free_port()}")
        assert reload_by_http(daemon, "t0ken")[0] == 200
        assert daemon.get("/api/v1/routes")[0] == 200
        assert daemon.get("/api/v1/routes", {"Host": "192.0.2.7"})[0] == 421
    warnings = [line for line in daemon.said().splitlines()
                if "only a restart applies this change" in line and "daemon.listen" in line]
    assert len(warnings) == 2, daemon.said()


def test_a_reload_applies_the_address_policy(site, start_daemon):
    route = ROUTE.format(url=site.url)
    daemon = start_daemon(route)

    def newest():
        return daemon.query("SELECT outcome FROM results ORDER BY started_us DESC LIMIT 1")[0][0]

    daemon.wait_for_results(3)
    daemon.configure('[daemon.targets]\ndeny = ["127.0.0.0/8"]\n' + route)
    daemon.reload()
    wait_until(lambda: newest() == "target_refused", 10, newest)
    daemon.configure(route)
    daemon.reload()
    wait_until(lambda: newest() == "ok", 10, newest)


def test_a_reload_applies_the_prefix_of_links(site, receiver, start_daemon):
    text = ROUTE.format(url=site.url) + f"""
[[channel]]
name = "hook"
type = "webhook"
url = "{receiver.url}/hook"
"""
    daemon = start_daemon(text)
    daemon.wait_for_results(3)
    daemon.configure('external_url = "https://watch.example.test"\n' + text)
    daemon.reload()
    wait_until(lambda: "configuration reloaded" in daemon.said(), 10, daemon.said)
    site.break_down()
    wait_until(lambda: receiver.accepted("/hook"), 30, daemon.said)
    assert b"https://watch.example.test/incidents/1" in receiver.accepted("/hook")[0].body


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


def test_a_route_is_probed_from_its_regions_alone(site, start_daemon):
    route = ROUTE.format(url=site.url)
    daemon = start_daemon(route + 'regions = ["else*"]\n')
    assert "1 route not probed here" in daemon.said(), daemon.said()
    (shown,) = daemon.api("routes")["routes"]
    assert shown["regions"] == ["else*"] and shown["next_due"] is None
    daemon.configure(route + 'regions = ["else*", "he*"]\n')
    daemon.reload()
    daemon.wait_for_results(3)
    daemon.configure(route + 'regions = ["else*"]\n')
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_scheduler_routes") == 0, 10, "it is probed no more")
