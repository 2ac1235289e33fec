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
    assert "200" in said
    for phase in ("dns", "connect", "send", "wait", "receive"):
        assert phase in said, said

    site.break_down()
    code, said = run_gatewatch("probe", site.url)
    assert code == 2, said
    assert "502" in said and "nginx" in said, "the head of the response is shown"

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


def test_help_is_help():
    for command in ("run", "check", "probe", "demo", "version"):
        done = subprocess.run([BINARY, command, "--help"], capture_output=True, text=True)
        assert done.returncode == 0 and command in done.stdout
