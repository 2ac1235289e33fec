"""A site on which every port misbehaves in a way of its own, with what a probe must say of each."""

import gzip
import os
import subprocess
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path

from .daemon import BINARY

PROGRAM = Path(BINARY).resolve().parents[1] / "tests/bench/bench_hostile_site"


@dataclass
class Behaviour:
    """How one port behaves (see tests/bench/hostile_site.cpp), and the result that is right."""
    name: str
    sent: bytes = b""
    outcome: str = "ok"
    status: int = 0
    reason: str = ""
    end: str = "close"
    repeated: bytes = b""
    pause_ms: int = 0
    piece: int = 0
    at_once: bool = False
    tls: bool = False
    scheme: str = ""  # of the URL, where it is not what the port speaks
    route: str = ""   # further TOML of the route

    @property
    def line(self):
        return "\t".join([self.name, "tls" if self.tls else "plain",
                          "accept" if self.at_once else "request", self.end, str(self.pause_ms),
                          str(self.piece), self.sent.hex(), self.repeated.hex()])

    def url(self, port):
        return f"{self.scheme or ('https' if self.tls else 'http')}://127.0.0.1:{port}/"


class HostileSite:
    def __init__(self, behaviours, certificate=None, key=None):
        self.child = subprocess.Popen(
            [PROGRAM, *([certificate, key] if certificate else [])], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.child.stdin.write("".join(each.line + "\n" for each in behaviours) + "\n")
        self.child.stdin.flush()
        self.ports = {}
        for line in self.child.stdout:
            if line == "ready\n":
                break
            name, port = line.split()
            self.ports[name] = int(port)
        assert len(self.ports) == len(behaviours), "a behaviour has no port"

    def stop(self):
        """By name: connections, and the most bytes that went into one."""
        self.child.stdin.close()
        lines = self.child.stdout.read().splitlines()
        assert self.child.wait(10) == 0
        return {name: (int(connections), int(most))
                for name, connections, most in map(str.split, lines)}


def answer(status=200, *fields, body=b"ok", version="1.1"):
    """A whole response with its length."""
    return head(status, *fields, f"Content-Length: {len(body)}", version=version) + body


def head(status=200, *fields, version="1.1"):
    return "".join(line + "\r\n" for line in (f"HTTP/{version} {status} X", *fields, "")).encode()


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"
WANTS_HEALTHY = 'expect.body.contains = ["HEALTHY"]'
BOMB = gzip.compress(bytes(64 << 20))

RIGHT = [
    Behaviour("right", answer(), status=200),
    Behaviour("right-until-end", head() + b"ok", status=200),
    Behaviour("right-http-1-0", head(version="1.0") + b"ok", status=200),
    Behaviour("right-keeps-open", answer(), status=200, end="hang"),
    Behaviour("right-then-reset", answer(), status=200, end="reset"),
    Behaviour("right-204", head(204), status=204, end="hang"),
    Behaviour("right-after-hints", head(103, "Link: </a>") + answer(), status=200),
    Behaviour("right-chunked", head(200, CHUNKED) + chunk(b"HEAL") + chunk(b"THY") + b"0\r\n\r\n",
              status=200, end="hang", route=WANTS_HEALTHY),
    Behaviour("right-trailers", head(200, CHUNKED) + chunk(b"ok") + b"0\r\nA: b\r\n\r\n",
              status=200, end="hang"),
    Behaviour("right-gzip", answer(200, GZIP, body=gzip.compress(b"HEALTHY")), status=200,
              route=WANTS_HEALTHY),
    Behaviour("right-deflate",
              answer(200, "Content-Encoding: deflate", body=zlib.compress(b"HEALTHY")), status=200,
              route=WANTS_HEALTHY),
    Behaviour("right-folded", answer(200, "A: b", "\tc"), status=200),
    Behaviour("right-byte-by-byte", answer(), status=200, pause_ms=1, piece=1),
    Behaviour("right-before-asked", answer(), status=200, at_once=True, end="hang"),
    Behaviour("right-over-tls", answer(), status=200, tls=True),
    Behaviour("right-cut-over-tls", answer(), status=200, tls=True, end="cut"),
]

STATUSES = [Behaviour(f"status-{status}", answer(status), "status_mismatch", status, "status")
            for status in (300, 304, 400, 401, 404, 407, 408, 429, 500, 502, 503, 504, 599, 999)]

MALFORMED = [
    Behaviour("not-http", b"SSH-2.0-OpenSSH_9.2\r\n", "malformed_response", end="hang"),
    Behaviour("http-0-9", b"<html>502</html>", "malformed_response"),
    Behaviour("http-2-frames", b"\0\0\x12\x04" + bytes(20), "malformed_response", end="hang"),
    Behaviour("http-2-status", b"HTTP/2.0 502 Bad Gateway\r\n\r\n", "malformed_response", 502),
    Behaviour("tls-alert-in-clear", b"\x15\x03\x01\0\x02\x02\x28", "malformed_response"),
    Behaviour("status-of-four-digits", b"HTTP/1.1 2000 OK\r\n\r\n", "malformed_response"),
    Behaviour("no-colon", head(200, "oops"), "malformed_response", 200),
    Behaviour("two-lengths", head(200, "Content-Length: 2", "Content-Length: 3") + b"ok",
              "malformed_response", 200),
    Behaviour("length-and-chunked", head(200, "Content-Length: 2", CHUNKED) + b"0\r\n\r\n",
              "malformed_response", 200),
    Behaviour("negative-length", head(200, "Content-Length: -2") + b"ok", "malformed_response", 200),
    Behaviour("no-chunk-size", head(200, CHUNKED) + b"xyz\r\n", "malformed_response", 200),
    Behaviour("unasked-switch", head(101, "Upgrade: websocket", "Connection: Upgrade"),
              "malformed_response", end="hang"),
    Behaviour("unknown-coding", answer(200, "Content-Encoding: br"), "decode_error", 200),
    Behaviour("broken-gzip", answer(200, GZIP, body=b"\x1f\x8b\x08 nonsense"), "decode_error", 200),
    Behaviour("gzip-cut-short", answer(200, GZIP, body=gzip.compress(b"HEALTHY" * 99)[:20]),
              "decode_error", 200),
]

CUT = [
    Behaviour("empty", b"", "empty_reply"),
    Behaviour("cut-in-status", b"HTTP/1.1 2", "incomplete_headers"),
    Behaviour("cut-in-head", b"HTTP/1.1 200 OK\r\nA: b\r\n", "incomplete_headers", 200),
    Behaviour("cut-in-body", head(200, "Content-Length: 9") + b"half", "incomplete_body", 200),
    Behaviour("cut-in-chunk", head(200, CHUNKED) + b"9\r\nhalf", "incomplete_body", 200),
    Behaviour("cut-in-trailer", head(200, CHUNKED) + b"0\r\nA: b\r\n", "incomplete_body", 200),
    Behaviour("cut-over-tls", head() + b"half", "incomplete_body", 200, tls=True, end="cut"),
    Behaviour("reset-at-once", b"", "connection_reset", end="reset", reason="wait"),
    Behaviour("reset-in-head", b"HTTP/1.1 200 OK\r\nA: b", "connection_reset", 200, "receive",
              end="reset"),
    Behaviour("reset-in-body", head(200, "Content-Length: 9") + b"half", "connection_reset", 200,
              "receive", end="reset"),
    Behaviour("reset-over-tls", b"", "connection_reset", end="reset", tls=True, reason="wait"),
]

SLOW = [
    Behaviour("silent", b"", "timeout", reason="wait", end="hang"),
    Behaviour("silent-in-status", b"HTTP/1.1 2", "timeout", reason="receive", end="hang"),
    Behaviour("silent-in-head", b"HTTP/1.1 200 OK\r\nA:", "timeout", 200, "receive", end="hang"),
    Behaviour("silent-in-body", head(200, "Content-Length: 9") + b"half", "timeout", 200, "receive",
              end="hang"),
    Behaviour("silent-before-last-chunk", head(200, CHUNKED) + chunk(b"ok"), "timeout", 200,
              "receive", end="hang"),
    Behaviour("silent-after-huge-length", head(200, f"Content-Length: {1 << 62}"), "timeout", 200,
              "receive", end="hang"),
    Behaviour("drip", head(200, "Content-Length: 900") + bytes(800), "timeout", 200, "receive",
              end="hang", pause_ms=20, piece=8),
    Behaviour("silent-over-tls", b"", "timeout", reason="wait", end="hang", tls=True),
    Behaviour("silent-tls", b"", "timeout", reason="tls", end="hang", scheme="https"),
]

ENDLESS = [
    Behaviour("endless-status", b"HTTP/1.1 200 ", "header_too_large", repeated=b"x" * 4096),
    Behaviour("endless-field", b"HTTP/1.1 200 OK\r\nA: ", "header_too_large", 200,
              repeated=b"x" * 4096),
    Behaviour("endless-fields", b"HTTP/1.1 200 OK\r\n", "header_too_large", 200,
              repeated=b"A: b\r\n" * 500),
    Behaviour("endless-hints", b"", "malformed_response", repeated=head(103, "Link: </a>") * 100),
    Behaviour("endless-body", head(), "body_too_large", 200, repeated=b"x" * 65536),
    Behaviour("endless-chunks", head(200, CHUNKED), "body_too_large", 200,
              repeated=chunk(b"x" * 1000)),
    Behaviour("endless-small-chunks", head(200, CHUNKED), "malformed_response", 200,
              repeated=chunk(b"x") * 1000),
    Behaviour("endless-extension", head(200, CHUNKED) + b"1;", "malformed_response", 200,
              repeated=b"x" * 4096),
    Behaviour("endless-chunk-size", head(200, CHUNKED), "malformed_response", 200,
              repeated=b"0" * 4096),
    Behaviour("endless-trailers", head(200, CHUNKED) + b"0\r\n", "header_too_large", 200,
              repeated=b"A: b\r\n" * 500),
    Behaviour("endless-over-tls", head(), "body_too_large", 200, repeated=b"x" * 16384, tls=True),
    Behaviour("bomb", answer(200, GZIP, body=BOMB), "body_too_large", 200, route=WANTS_HEALTHY),
    Behaviour("bomb-in-bomb", answer(200, "Content-Encoding: gzip, gzip", body=gzip.compress(BOMB)),
              "body_too_large", 200, route=WANTS_HEALTHY),
    Behaviour("many-codings", answer(200, "Content-Encoding: " + ", ".join(["gzip"] * 1000)),
              "decode_error", 200),
]

CONTENT = [
    Behaviour("keyword-missing", answer(), "content_mismatch", 200, "body_contains",
              route=WANTS_HEALTHY),
    Behaviour("keyword-in-extension", head(200, CHUNKED) + b"2;HEALTHY\r\nok\r\n0\r\n\r\n",
              "content_mismatch", 200, "body_contains", route=WANTS_HEALTHY),
    Behaviour("keyword-in-trailer", head(200, CHUNKED) + chunk(b"ok") + b"0\r\nA: HEALTHY\r\n\r\n",
              "content_mismatch", 200, "body_contains", route=WANTS_HEALTHY),
    Behaviour("deep-json", answer(body=b"[" * 200_000), "content_mismatch", 200, "body_json",
              route='max_body = "1MiB"\nexpect.body.json = { "/status" = "ok" }'),
    Behaviour("number-beyond-json", answer(body=b'{"status": 1e400}'), "content_mismatch", 200,
              "body_json", route='expect.body.json = { "/status" = "ok" }'),
    Behaviour("for-backtrackers", answer(body=b"a" * 60_000 + b"!"), "content_mismatch", 200,
              "body_matches", route='expect.body.matches = "^(a+)+$"'),
]

TLS = [
    Behaviour("tls-says-http", answer(400), "tls_failure", reason="not_tls", scheme="https",
              at_once=True),
    Behaviour("tls-says-nonsense", b"\xff" * 300, "tls_failure", reason="not_tls", scheme="https",
              at_once=True),
    Behaviour("tls-closes", b"", "tls_failure", reason="closed", scheme="https", at_once=True),
    Behaviour("tls-alert", b"\x15\x03\x03\0\x02\x02\x28", "tls_failure", reason="handshake",
              scheme="https", at_once=True, end="hang"),
    Behaviour("tls-alert-version", b"\x15\x03\x03\0\x02\x02\x46", "tls_failure", reason="protocol",
              scheme="https", at_once=True, end="hang"),
    Behaviour("tls-unknown-alert", b"\x15\x03\x03\0\x02\x02\xde", "tls_failure", reason="handshake",
              scheme="https", at_once=True, end="hang"),
    Behaviour("tls-record-too-long", b"\x16\x03\x03\xff\xff" + bytes(65535), "tls_failure",
              reason="protocol", scheme="https", at_once=True, end="hang"),
    Behaviour("tls-endless-alerts", b"", "tls_failure", reason="handshake", scheme="https",
              at_once=True, repeated=b"\x15\x03\x03\0\x02\x01\x5a" * 1000),
    Behaviour("tls-untrusted", answer(), "tls_failure", reason="self_signed", tls=True,
              route="tls = {}"),
]

REDIRECTS = [
    Behaviour("redirect-" + name, head(302, f"Location: {where}"), outcome, 302, reason, end="hang")
    for name, where, outcome, reason in [
        ("circle", "/", "redirect_loop", "circular"),
        ("file", "file:///etc/passwd", "redirect_refused", "bad_location"),
        ("ftp", "ftp://127.0.0.1/", "redirect_refused", "bad_location"),
        ("script", "javascript:alert(1)", "redirect_refused", "bad_location"),
        ("nowhere", "http://", "redirect_refused", "bad_location"),
        ("port", "http://127.0.0.1:99999/", "redirect_refused", "bad_location"),
        ("user", "http://a:b@127.0.0.1/", "redirect_refused", "bad_location"),
        ("host-with-blank", "http://127.0.0.1 .example/", "redirect_refused", "bad_location"),
        ("metadata", "http://169.254.169.254/latest/", "redirect_refused", "target"),
        ("metadata-mapped", "http://[::ffff:a9fe:a9fe]/", "redirect_refused", "target"),
        ("metadata-decimal", "http://2852039166/", "redirect_refused", "bad_location"),
        ("metadata-hex", "http://0xa9.0xfe.0xa9.0xfe/", "redirect_refused", "bad_location"),
        ("metadata-octal", "http://0251.0376.0251.0376/", "redirect_refused", "bad_location"),
        ("metadata-short", "http://169.254.43518/", "redirect_refused", "bad_location"),
    ]
] + [
    Behaviour("redirect-nowhere-at-all", head(302), "redirect_refused", 302, "no_location"),
    Behaviour("redirect-twice", head(302, "Location: /a", "Location: /b"), "redirect_refused", 302,
              "many_locations"),
]

BEHAVIOURS = [*RIGHT, *STATUSES, *MALFORMED, *CUT, *SLOW, *ENDLESS, *CONTENT, *TLS, *REDIRECTS]
