"""The commands beside `run`: probe exits as a monitoring plugin does, demo shows an incident from
its opening to its resolution, version says what it is."""

import json
import os
import re
import signal
import subprocess
import time

from parts.daemon import BINARY, run_gatewatch
from parts.process import Process, wait_until


def test_probe_tells_up_from_down(site):
    code, said = run_gatewatch("probe", site.url)
    assert code == 0, said
    assert "HTTP/1.1 200 " in said, "the head of the response is shown"
    for phase in ("dns", "connect", "send", "wait", "receive"):
        assert phase in said, said

    site.break_down()
    code, said = run_gatewatch("probe", site.url)
    assert code == 2, said
    assert "502" in said and "nginx" in said, "the head of the response is shown"
    assert "\N{REPLACEMENT CHARACTER}" not in said, "its line ends are no control bytes"

    code, said = run_gatewatch("probe", "http://127.0.0.1:1/")
    assert code == 2 and "refused" in said.lower(), said


def test_the_worst_of_several_counts(site):
    assert run_gatewatch("probe", site.url, site.url)[0] == 0
    assert run_gatewatch("probe", site.url, "http://127.0.0.1:1/")[0] == 2


def test_probe_as_json(site):
    code, said = run_gatewatch("probe", "--json", site.url)
    result = json.loads(said)
    result = result[0] if isinstance(result, list) else result
    assert code == 0 and result["status"] == 200 and result["outcome"] == "ok"


def test_probe_does_not_know():
    assert run_gatewatch("probe", "not a url")[0] == 3
    assert run_gatewatch("probe")[0] == 3
    url = "http://127.0.0.1:1/"
    for arguments in (["-t", "0s"], ["--ca", "/nowhere.pem"], ["-H", "nonsense"],
                      ["--resolver", "dns.example"], ["--redirects", "51"], ["--nonsense"],
                      ["--config", "/nowhere.toml"]):
        code, said = run_gatewatch("probe", url, *arguments)
        assert code == 3, said
    assert "timeout is 0" in run_gatewatch("probe", "-t", "0s", url)[1]


def test_probe_sends_and_expects_what_its_options_say(site):
    code, said = run_gatewatch("probe", "--json", "-t", "9s", "--redirects", 0, "-H", "X-A: 1",
                               "--ip", "v4", "--expect-status", "2xx", "--expect-status", 404,
                               "--expect-latency", "8s", site.url)
    assert code == 0 and json.loads(said)["outcome"] == "ok", said
    code, said = run_gatewatch("probe", "--json", "-X", "HEAD", site.url)
    assert json.loads(said)["status"] == 501, "the site behind knows no HEAD"
    assert run_gatewatch("probe", "--expect-status", "404", site.url)[0] == 2
    code, said = run_gatewatch("probe", "--expect-contains", "nobody says this", site.url)
    assert code == 2 and "nobody says this" in said, said
    code, said = run_gatewatch("probe", "--proxy", "http://127.0.0.1:1", site.url)
    assert code == 2 and "proxy" in said, said
    code, said = run_gatewatch("probe", "--resolver", "127.0.0.1:1", "http://shop.example/")
    assert code == 2 and "not resolved" in said, said


def test_probe_of_a_configured_route_is_as_the_daemon_would(site, work):
    config = work / "gatewatch.toml"
    config.write_text(f"""\
[daemon]
region = "here"
targets.deny = ["127.0.0.2/32"]
[[route]]
group = "shop"
name = "front"
url = "{site.url}"
expect.status = [418]
[[route]]
name = "inside"
url = "http://127.0.0.2:1/"
""")
    probe = ["probe", "--json", "--config", config]
    code, said = run_gatewatch(*probe, "--route", "shop/front", "--route", "inside")
    front, inside = map(json.loads, said.splitlines())
    assert code == 2 and front["route"] == "shop/front" and front["region"] == "here"
    assert front["outcome"] == "status_mismatch" and front["status"] == 200
    assert inside["outcome"] == "target_refused"
    assert inside["detail"] == "127.0.0.2 is not allowed as a target (daemon.targets)"

    code, said = run_gatewatch(*probe, "--route", "shop/frond")
    assert code == 3 and "shop/front" in said, said
    for arguments in ([site.url], ["-k"], ["-t", "1s"]):
        code, said = run_gatewatch(*probe, "--route", "shop/front", *arguments)
        assert code == 3 and "exclude" in said.lower(), said


def test_what_a_server_sends_is_harmless_on_the_terminal(site):
    """A probe of the mail server's kind of noise: control bytes are shown, not obeyed."""
    code, said = run_gatewatch("probe", site.url)
    assert code == 0 and "\x1b]" not in said


def test_version():
    code, said = run_gatewatch("version")
    assert code == 0 and re.fullmatch(r"gatewatch \d+\.\d+\.\d+\n", said), said


def test_the_demo_shows_an_opening_and_a_resolution(work):
    demo = Process([BINARY, "demo"], work / "demo.out", env={**os.environ, "TMPDIR": str(work)})
    demo.start()
    try:
        begun = time.monotonic()
        wait_until(lambda: re.search(r"502 Bad Gateway", demo.said()), 150, demo.said)
        wait_until(lambda: re.search(r"(?i)opened|firing", demo.said()), 30, demo.said)
        wait_until(lambda: re.search(r"(?i)resolved", demo.said()), 200, demo.said)
        print(f"the demo's incident was over after {time.monotonic() - begun:.0f} s")
        assert time.monotonic() - begun < 300
        assert re.search(r"http://127\.0\.0\.1:\d+", demo.said()), "it says where to look"
        demo.signal(signal.SIGINT)
        assert demo.child.wait(5) == 0
    finally:
        demo.stop()


def test_the_demo_watches_what_it_is_given(site, work):
    demo = Process([BINARY, "demo", site.url], work / "demo.out",
                   env={**os.environ, "TMPDIR": str(work)})
    demo.start()
    try:
        wait_until(lambda: "200" in demo.said(), 40, demo.said)
        site.break_down()
        wait_until(lambda: "502 Bad Gateway" in demo.said(), 60, demo.said)
        demo.signal(signal.SIGINT)
        assert demo.child.wait(5) == 0
    finally:
        demo.stop()


def test_the_demo_says_what_is_in_its_way(work):
    nowhere = work / "nowhere"
    code, said = run_gatewatch("demo", env={**os.environ, "TMPDIR": str(nowhere)})
    assert code == 1 and f"cannot make a directory for its database in {nowhere}" in said, said
    code, said = run_gatewatch("demo", "http://a b", "localhost")
    assert code == 2 and '"http://a b": the URL' in said and '"localhost": the URL' in said, said
    assert "configuration" not in said, said


def test_help_is_help():
    for command in ("run", "check", "probe", "test-alert", "demo", "version"):
        done = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True)
        assert done.returncode == 0 and command in done.stdout
