"""A receiver of webhooks on which every path misbehaves in a way of its own, with what becomes of a
message that is sent there."""

import email.utils
import json
import re
import ssl
import threading
import time
from dataclasses import dataclass

from .hostile_end import Listener, play
from .hostile_site import BOMB, answer, head

# What becomes of a message: "delivered" by the first attempt, "retried" until the receiver behaves
# (after `tries` attempts), "failed" for good at the first, "waiting" for as long as it misbehaves.
DELIVERED, RETRIED, FAILED, WAITING = "delivered", "retried", "failed", "waiting"


@dataclass
class Hook:
    name: str
    sent: bytes = b""
    fate: str = RETRIED
    error: str = ""       # a pattern of what is shown, where the fate leaves an error
    repeated: bytes = b""
    pause: float = 0.0    # between the bytes of `sent`
    end: str = "close"
    unread: bool = False  # misbehaves before it has read the body
    tries: int = 1
    wait: float = 0.0     # the receiver asked for this much before the next attempt
    tls: bool = False


@dataclass
class Attempt:
    order: int     # of arrival, over all receivers that share a counter
    arrived: float
    name: str
    method: str
    key: str
    body: bytes
    behaved: bool  # it was told 200
    took: bool     # nobody refused it: it was told 200, or nothing

    @property
    def json(self):
        return json.loads(self.body)


def location(code, where="/followed"):
    return Hook(f"redirect-{code}", head(code, f"Location: {where}", "Content-Length: 0"),
                error="redirect")


def in_three_seconds():
    return email.utils.formatdate(time.time() + 3, usegmt=True)


HOOKS = [
    *(Hook(f"says-{code}", answer(code), DELIVERED) for code in (200, 201, 202, 299)),
    Hook("says-204", head(204), DELIVERED),
    *(Hook(f"says-{code}", answer(code), error=f"HTTP {code}")
      for code in (408, 425, 429, 500, 502, 503, 504, 507, 599, 999)),
    *(Hook(f"says-{code}", answer(code, body=b"no such hook"), FAILED,
           f"HTTP {code}: no such hook") for code in (400, 401, 403, 404, 405, 410, 413, 422, 451)),
    Hook("busy-for-seconds", answer(429, "Retry-After: 3"), wait=3),
    Hook("busy-until-a-date", b"date", wait=1.5),
    Hook("busy-for-json-seconds", answer(429, body=b'{"retry_after": 2.5}'), wait=2.5),
    Hook("busy-for-years", answer(429, "Retry-After: 99999999"), WAITING, "HTTP 429"),
    Hook("busy-for-ages", answer(503, "Retry-After: 99999999999999999999999"), error="HTTP 503"),
    Hook("busy-until-soon", answer(429, "Retry-After: soon")),
    Hook("busy-until-yesterday", answer(429, "Retry-After: -5")),
    *(location(code) for code in (301, 302, 303, 307, 308)),
    Hook("redirect-to-itself", head(307, "Location: /redirect-to-itself", "Content-Length: 0")),
    Hook("redirect-to-metadata", head(302, "Location: http://169.254.169.254/latest/",
                                      "Content-Length: 0")),
    Hook("redirect-in-200", answer(200, "Location: /followed", "Refresh: 0; url=/followed"),
         DELIVERED),
    Hook("silent", end="hang", error="tim"),
    Hook("silent-in-status", b"HTTP/1.1 2", end="hang"),
    Hook("silent-after-status", head(200, "Content-Length: 2"), DELIVERED, end="hang"),
    Hook("silent-in-body", head(200, "Content-Length: 9") + b"ok", DELIVERED, end="hang"),
    Hook("drips", answer(), pause=2.5, end="hang"),
    Hook("resets-before-the-body", end="reset", unread=True),
    Hook("resets-after-the-body", end="reset"),
    Hook("ends-before-the-body", unread=True),
    Hook("ends-after-the-body"),
    Hook("ends-after-a-byte", b"H"),
    Hook("ends-after-the-status", b"HTTP/1.1 200 OK\r\n", DELIVERED),
    Hook("ends-in-the-body", head(200, "Content-Length: 900") + b"ok", DELIVERED),
    Hook("ends-in-the-body-of-500", head(500, "Content-Length: 900") + b"oh no",
         error="HTTP 500: oh no"),
    Hook("resets-after-200", answer(), DELIVERED, end="reset"),
    Hook("says-200-before-the-body", answer(), DELIVERED, unread=True, end="hang"),
    Hook("says-500-before-the-body", answer(500), unread=True, end="reset"),
    Hook("garbage", b"220 mail.example.test ESMTP\r\n"),
    Hook("zeros", bytes(4096)),
    Hook("http-0-9", b"<html>ok</html>"),
    Hook("switches", head(101, "Upgrade: x", "Connection: Upgrade"), end="hang"),
    Hook("endless-continues", repeated=head(100) * 100),
    Hook("endless-hints", repeated=head(103, "Link: </a>") * 100),
    Hook("continues-then-200", head(100) * 3 + answer(), DELIVERED),
    Hook("endless-status", b"HTTP/1.1 200 ", repeated=b"x" * 4096),
    Hook("endless-field", b"HTTP/1.1 500 X\r\nA: ", repeated=b"x" * 4096),
    Hook("endless-fields", b"HTTP/1.1 500 X\r\n", repeated=b"A: b\r\n" * 500),
    Hook("endless-body", head(), DELIVERED, repeated=b"x" * 65536),
    Hook("endless-body-of-500", head(500), repeated=b"x" * 65536, error="HTTP 500"),
    Hook("endless-chunks", head(200, "Transfer-Encoding: chunked"), DELIVERED,
         repeated=b"3e8\r\n" + b"x" * 1000 + b"\r\n"),
    Hook("bomb", answer(200, "Content-Encoding: gzip", body=BOMB), DELIVERED),
    Hook("bomb-of-500", answer(500, "Content-Encoding: gzip", body=BOMB), error="HTTP 500"),
    Hook("hostile-text", answer(404, body=b"<!channel> @everyone \x1b[31m\r\nBcc: a@b.example\0"
                                b"\xe2\x80\xaegnorw\xff" + b"x" * 9999), FAILED, "HTTP 404: "),
    Hook("repeats-what-it-was-told", b"echo", FAILED, "HTTP 403"),
    Hook("unknown-certificate", fate=WAITING, error="certificate", tls=True),
]


class HostileReceiver:
    def __init__(self, certificate, key, order=None):
        """`certificate`: nobody's whom the sender should trust."""
        self.hooks = {each.name: each for each in HOOKS}
        self.order = order or Order()
        self.attempts = []
        self.most_bytes = {}
        self.stopping = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.plain = Listener(self.serve)
        self.tls = Listener(lambda client: self.serve(
            context.wrap_socket(client, server_side=True)))

    def url(self, hook):
        return (f"https://127.0.0.1:{self.tls.port}/{hook.name}" if hook.tls else
                f"http://127.0.0.1:{self.plain.port}/{hook.name}")

    def stop(self):
        self.stopping.set()
        self.plain.stop()
        self.tls.stop()

    def of(self, name):
        return [each for each in list(self.attempts) if each.name == name]

    def choose(self, path):
        """How this request is treated; None: as it should be."""
        hook = self.hooks.get(path[1:])
        if hook is None or (hook.fate in (DELIVERED, RETRIED) and
                            len(self.of(hook.name)) >= hook.tries):
            return None
        return hook

    def serve(self, client):
        stream = client.makefile("rb")
        method, target, _ = stream.readline().decode().split(" ")
        fields = {}
        while (line := stream.readline().strip()):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        path = target.partition("?")[0]
        hook = self.choose(path)
        body = b""
        if hook is None or not hook.unread:
            body = stream.read(int(fields.get("content-length", "0")))
        told = hook is None or hook.fate == DELIVERED
        with self.order.lock:
            self.attempts.append(Attempt(
                self.order.next(), time.time(), path[1:], method,
                fields.get("idempotency-key", ""), body, told,
                told or not re.match(rb"HTTP/1.1 [345]", hook.sent)))
        if hook is None:
            return client.sendall(answer())
        sent = hook.sent
        if sent == b"date":
            sent = answer(429, f"Retry-After: {in_three_seconds()}")
        if sent == b"echo":
            sent = answer(403, body=" ".join(fields.values()).encode() + target.encode())
        count = play(client, sent, hook.repeated, hook.pause, hook.end, self.stopping)
        self.most_bytes[hook.name] = max(self.most_bytes.get(hook.name, 0), count)


class FlakyReceiver(HostileReceiver):
    """Treats every request well or badly at random, whatever its path."""

    hooks_at_random = [Hook("500", answer(500)), Hook("503", answer(503, "Retry-After: 1")),
                       Hook("reset", end="reset"), Hook("lost", end="close"),
                       Hook("deaf", end="reset", unread=True)]

    def __init__(self, random, *arguments):
        self.random = random
        super().__init__(*arguments)

    def choose(self, path):
        if self.random.random() < 0.6:
            return None
        return self.random.choice(self.hooks_at_random)


class Order:
    """Numbers what arrives anywhere; hold `lock` from the number to the list."""

    def __init__(self):
        self.lock = threading.Lock()
        self.last = 0

    def next(self):
        self.last += 1
        return self.last
