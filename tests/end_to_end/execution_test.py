"""The daemon executes nothing: strace sees the one execve that starts it, over probes, alerts, a
reload and its end."""

import subprocess

import pytest

from parts.process import wait_until


def can_trace():
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_trace(), reason="ptrace is not permitted here")
def test_no_program_is_executed(site, receiver, mail_server, channels, start_daemon, work):
    trace = work / "trace"
    daemon = start_daemon(f"""
[[route]]
name = "shop"
url = "{site.url}"
interval = "500ms"
timeout = "500ms"
""" + channels, prefix=("strace", "-D", "-f", "-e", "trace=execve,execveat,fork,vfork", "-o", trace))
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: receiver.accepted("/slack") and mail_server.messages(), 40,
               lambda: f"alerts; it said:\n{daemon.said()}")
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 1, 10, "reload")
    assert daemon.stop() == 0
    wait_until(lambda: "+++ exited with 0" in trace.read_text(), 5, "strace has written it all")
    calls = [line for line in trace.read_text().splitlines()
             if "exec" in line or "fork(" in line]
    assert len(calls) == 1 and "gatewatch" in calls[0], calls
