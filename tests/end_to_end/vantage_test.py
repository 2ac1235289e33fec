"""What fails on our own side is told once, as ours, and counts against no route."""

import http.server
import threading
import time

import pytest

from parts.namespace import Namespace
from parts.process import wait_until
from parts.receiver import Receiver

ROUTE = """
[[route]]
name = "{name}"
url = "{url}"
interval = "1s"
timeout = "1s"
"""

HOOK = """
[[channel]]
name = "hook"
type = "webhook"
url = "{url}/hook"
"""

FAILING = "outcome NOT IN ('ok', 'vantage')"


class Answering(http.server.ThreadingHTTPServer):
    """Answers every GET with 200 after a moment."""

    request_queue_size = 1024
    daemon_threads = True

    def __init__(self, delay=0.0):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                time.sleep(delay)
                status = 502 if self.path == "/bad" else 200
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *arguments):
                pass

        super().__init__(("0.0.0.0", 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a probe that gave up


@pytest.fixture
def namespace():
    made = Namespace()
    try:
        yield made.start()
    finally:
        made.stop()


def told(receiver):
    """What was told, in its order: "firing: blind"."""
    return [f"{each.json['state']}: {each.json['rule']}" for each in receiver.accepted("/hook")]


@pytest.mark.parametrize("way", ["no route", "silence"])
def test_without_a_network_the_monitor_is_blind_and_nobody_else_fails(way, namespace, make_daemon):
    receiver = Receiver(host=namespace.here)
    server = Answering()
    text = HOOK.format(url=receiver.url) + "".join(
        ROUTE.format(name=f"r{number}", url=f"http://{host}:{server.port}/")
        for number, host in enumerate(namespace.hosts))
    daemon = make_daemon(text, prefix=namespace.prefix())
    daemon.process.start(lambda: "running" in daemon.said())
    try:
        daemon.wait_for_results(20)
        if way == "no route":
            namespace.remove_route()
        else:
            namespace.fall_silent()
        wait_until(lambda: told(receiver), 20,
                   lambda: f"that the monitor is blind; it said:\n{daemon.said()}")
        daemon.wait_for_results(40, where="outcome = 'vantage'")
        assert told(receiver) == ["firing: blind"]
        if way == "no route":
            namespace.add_route()
        else:
            namespace.end_silence()
        wait_until(lambda: len(told(receiver)) > 1, 20,
                   lambda: f"that it sees again; it said:\n{daemon.said()}")
        before = daemon.query("SELECT count(*) FROM results WHERE outcome = 'ok'")[0][0]
        daemon.wait_for_results(before + 20)
        assert told(receiver) == ["firing: blind", "resolved: blind"]
        assert daemon.query(f"SELECT * FROM results WHERE {FAILING}") == []
        assert daemon.query("SELECT DISTINCT rule FROM incidents") == [("blind",)]
    finally:
        receiver.stop()
        server.shutdown()
        server.server_close()


def test_with_few_descriptors_probes_wait_and_alerts_go_out(receiver, start_daemon):
    server = Answering(delay=0.1)
    base = f"http://127.0.0.1:{server.port}"
    text = HOOK.format(url=receiver.url) + ROUTE.format(name="bad", url=f"{base}/bad")
    text += "".join(ROUTE.format(name=f"r{number:02}", url=f"{base}/{number}")
                    for number in range(60))
    try:
        daemon = start_daemon(text, prefix=["prlimit", "--nofile=96:96"])
        wait_until(lambda: told(receiver), 20, lambda: f"the 502; it said:\n{daemon.said()}")
        daemon.wait_for_results(300)
        assert told(receiver) == ["firing: bad-gateway"]
        assert daemon.query(f"SELECT * FROM results WHERE {FAILING} AND route <> 'bad'") == []
        assert "few descriptors" in daemon.said()
    finally:
        server.shutdown()
        server.server_close()
