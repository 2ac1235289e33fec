"""Our own HTTP port under attack, by raw sockets: foreign hosts, other methods, smuggling, paths,
slow and idle clients, sizes. No attack delays a good request or a probe."""

import re
import socket
import threading
import time

import pytest

from parts.process import wait_until

ROUTE = '[[route]]\nname = "shop"\nurl = "{url}"\ninterval = "200ms"\ntimeout = "200ms"\n'


@pytest.fixture
def daemon(site, start_daemon):
    made = start_daemon(ROUTE.format(url=site.url))
    made.wait_for_results(2)
    return made


def exchange(daemon, request, seconds=5):
    """Everything that comes back until the end or `seconds` of silence."""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=seconds) as client:
        received = b""
        try:
            client.sendall(request)
            while chunk := client.recv(65536):
                received += chunk
        except OSError:
            pass
        return received


def status_of(answer):
    match = re.match(rb"HTTP/1\.[01] (\d{3}) ", answer)
    return int(match[1]) if match else 0


def ask(daemon, line, *headers, body=b"", host=None):
    host = f"127.0.0.1:{daemon.port}" if host is None else host
    lines = [line, f"Host: {host}", "Connection: close", *headers]
    return exchange(daemon, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


def test_a_foreign_host_is_misdirected(daemon):
    for host in ("evil.example.test", "evil.example.test:9502", "127.0.0.1.evil.test",
                 "169.254.169.254"):
        assert status_of(ask(daemon, "GET /api/v1/routes HTTP/1.1", host=host)) == 421, host
    for host in (f"127.0.0.1:{daemon.port}", f"localhost:{daemon.port}"):
        assert status_of(ask(daemon, "GET /healthz HTTP/1.1", host=host)) == 200, host


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_nothing_but_reading_is_served(daemon, method):
    status = status_of(ask(daemon, f"{method} /api/v1/routes HTTP/1.1", "Content-Length: 0"))
    assert status in (400, 401, 403, 404, 405, 415, 501), status


def test_no_state_changes_by_get(daemon):
    before = daemon.metric("gatewatch_config_last_reload_success_timestamp_seconds")
    assert status_of(ask(daemon, "GET /-/reload HTTP/1.1")) in (404, 405)
    assert daemon.metric("gatewatch_config_last_reload_success_timestamp_seconds") == before


def test_no_other_origin_may_read(daemon):
    answer = ask(daemon, "GET /api/v1/routes HTTP/1.1", "Origin: https://evil.example.test")
    assert b"access-control-allow" not in answer.lower()


SMUGGLING = {
    "both lengths": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "a list of lengths": b"Content-Length: 4, 4\r\n\r\nabcd",
    "a signed length": b"Content-Length: +4\r\n\r\nabcd",
    "folded": b"X-A: b\r\n c\r\n\r\n",
    "blank before the colon": b"X-A : b\r\n\r\n",
    "a name of bytes": b"X\x01A: b\r\n\r\n",
    "NUL in a value": b"X-A: b\x00c\r\n\r\n",
    "bare LF": b"X-A: b\nX-B: c\r\n\r\n",
    "bare CR": b"X-A: b\rX-B: c\r\n\r\n",
    "two codings": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a strange coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "two hosts": b"Host: evil.example.test\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_smuggling_is_refused(daemon, name):
    request = (b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % daemon.port) + SMUGGLING[name]
    answer = exchange(daemon, request + b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", seconds=12)
    assert status_of(answer) in (400, 413, 501), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1, "nothing of what follows is read as a request"


def test_a_host_is_needed(daemon):
    assert status_of(exchange(daemon, b"GET /healthz HTTP/1.1\r\n\r\n", 12)) == 400


@pytest.mark.parametrize("request_line", [
    b"GET  /healthz HTTP/1.1", b"GET /healthz HTTP/9.9", b"GET /healthz", b"\x16\x03\x01\x02\x00",
    b"GET /a b HTTP/1.1", b"GET http://evil.example.test/ HTTP/1.1", b"PRI * HTTP/2.0"])
def test_what_is_no_request(daemon, request_line):
    answer = exchange(daemon, request_line + b"\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port, 12)
    assert status_of(answer) in (0, 400, 404, 421, 501, 505), answer[:200]


@pytest.mark.parametrize("path", [
    "/../../../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/etc/passwd",
    "//etc/passwd", "/assets/../../etc/passwd", "/metrics/../../etc/passwd", "/.git/config",
    "/metrics%00.html", "/api/v1/../../etc/passwd", "/gatewatch.db", "/api/v1/routes/..%5c..%5cx"])
def test_nothing_is_served_from_the_disk(daemon, path):
    answer = ask(daemon, f"GET {path} HTTP/1.1")
    assert status_of(answer) in (400, 404), (path, answer[:200])
    assert b"root:" not in answer and b"SQLite format" not in answer


def test_sizes(daemon):
    # Up to 16 KiB of headers are read, and a body is refused before it is read.
    assert status_of(ask(daemon, "GET /healthz HTTP/1.1", "X-A: " + "a" * 20000)) == 431
    many = [f"X-{number}: b" for number in range(3000)]
    assert status_of(ask(daemon, "GET /healthz HTTP/1.1", *many)) == 431
    assert status_of(ask(daemon, "GET /" + "a" * 20000 + " HTTP/1.1")) in (414, 431)
    assert status_of(ask(daemon, "POST /api/v1/routes HTTP/1.1",
                         "Content-Length: 99999999999")) == 413


def test_slow_headers_are_closed(daemon):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=15) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
        client.settimeout(0.5)
        while time.monotonic() - begun < 14:
            try:
                client.sendall(b"a")
                if not client.recv(4096):
                    break
            except socket.timeout:
                continue
            except OSError:
                break
    assert time.monotonic() - begun < 12


def test_idle_connections_are_closed_and_delay_nobody(daemon):
    idle = []
    # What was not there before is left over by nobody: as many as P44 says, less the test's own.
    for _ in range(2000):
        try:
            idle.append(socket.create_connection(("127.0.0.1", daemon.port), timeout=2))
        except OSError:
            break
    try:
        assert len(idle) >= 1000
        waits = []
        for _ in range(20):
            begun = time.monotonic()
            status = daemon.get("/healthz")[0]
            waits.append(time.monotonic() - begun)
            assert status in (200, 503)
        assert sorted(waits)[len(waits) // 2] < 0.1, waits
        late = daemon.query("SELECT count(*) FROM results WHERE status = 200")[0][0]
        time.sleep(1.5)
        assert daemon.query("SELECT count(*) FROM results WHERE status = 200")[0][0] >= late + 4
        time.sleep(11)
        closed = 0
        for client in idle:
            client.setblocking(False)
            try:
                while client.recv(4096):
                    pass  # an answer may come before the end
                closed += 1
            except BlockingIOError:
                pass
            except OSError:
                closed += 1
        assert closed == len(idle), f"{closed} of {len(idle)} were closed after 12 s"
    finally:
        for client in idle:
            client.close()


def test_a_reader_that_does_not_read_delays_nobody(daemon):
    stuck = []
    for _ in range(50):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", daemon.port))
        client.sendall((b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % daemon.port) * 200)
        stuck.append(client)
    try:
        begun = time.monotonic()
        assert daemon.get("/healthz")[0] == 200
        assert time.monotonic() - begun < 1
        daemon.wait_for_results(daemon.query("SELECT count(*) FROM results")[0][0] + 5)
    finally:
        for client in stuck:
            client.close()


def test_noise_from_many_threads(daemon):
    noise = [b"\x00" * 100, b"GET", b"\r\n\r\n\r\n", b"GET / HTTP/1.1\r\n" * 100, bytes(range(256))]

    def make_noise():
        for number in range(100):
            try:
                with socket.create_connection(("127.0.0.1", daemon.port), timeout=2) as client:
                    client.sendall(noise[number % len(noise)])
            except OSError:
                pass

    threads = [threading.Thread(target=make_noise) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(daemon.is_ready, 5, lambda: f"it is well; it said:\n{daemon.said()}")
    assert daemon.process.child.poll() is None


def test_answers_forbid_sniffing_and_framing(daemon):
    for path in ("/metrics", "/healthz", "/api/v1/routes"):
        status, headers, _ = daemon.get(path)
        found = {name.lower(): value for name, value in headers.items()}
        assert status == 200
        assert found.get("x-content-type-options") == "nosniff", (path, found)
