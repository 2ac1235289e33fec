"""Mail servers, each of which misbehaves at one step of the conversation, with what becomes of a
message that is sent there."""

import email
import email.policy
import re
import ssl
import threading
import time
from dataclasses import dataclass, field

from .hostile_end import Listener, play
from .hostile_receiver import DELIVERED, FAILED, RETRIED, WAITING, Order

USERNAME, PASSWORD = "gatewatch", "CANARY-smtp-password"
RECEIVERS = ("oncall@example.test",)


@dataclass
class Mailbox:
    """At the command that begins with `at` ("banner" and "dot" too) the server answers `sent`."""
    name: str
    at: str = ""
    sent: bytes = b""
    fate: str = RETRIED
    error: str = ""
    repeated: bytes = b""
    pause: float = 0.0
    end: str = "go on"
    tries: int = 1
    stripped: bool = False   # EHLO's answer names no STARTTLS
    stranger: bool = False   # a certificate of nobody whom the sender should trust
    receivers: tuple = RECEIVERS


def refusal(at, reply, fate, **more):
    return Mailbox(f"{at.split(' ')[0].lower()}-{reply[:3].decode()}", at, reply + b"\r\n", fate,
                   reply.decode() if fate == FAILED else "", **more)


STEPS = ("MAIL", "RCPT", "DATA", "dot")
MAILBOXES = [
    Mailbox("right", fate=DELIVERED),
    Mailbox("greylists", "RCPT", b"451 4.7.1 come back later\r\n", tries=2),
    *(refusal(at, b"451 4.3.0 not now", RETRIED) for at in STEPS),
    *(refusal(at, b"554 5.7.1 never", FAILED, tries=99) for at in STEPS),
    refusal("banner", b"421 4.3.2 too busy", RETRIED, end="close"),
    refusal("banner", b"554 5.7.1 go away", FAILED, end="close", tries=99),
    refusal("EHLO", b"421 4.3.2 too busy", RETRIED, end="close"),
    refusal("STARTTLS", b"454 4.7.0 no encryption now", RETRIED),
    refusal("STARTTLS", b"421 4.7.0 goodbye", RETRIED, end="close"),
    refusal("AUTH", b"454 4.7.0 ask me later", RETRIED),
    refusal("AUTH", b"535 5.7.8 wrong", FAILED, tries=99),
    refusal("MAIL", b"452 4.2.2 full", RETRIED),
    refusal("MAIL", b"421 4.2.1 closing", RETRIED, end="close"),
    Mailbox("one-receiver-gone", "RCPT TO:<gone", b"550 5.1.1 no such user\r\n", DELIVERED,
            "delivered to 1 of 2: gone@example.test refused: 550", tries=99,
            receivers=("oncall@example.test", "gone@example.test")),
    Mailbox("ends-after-data", "DATA", b"354 go ahead\r\n", end="close"),
    Mailbox("resets-after-data", "DATA", b"354 go ahead\r\n", end="reset"),
    Mailbox("ends-before-the-reply", "dot", end="close"),
    Mailbox("resets-before-the-reply", "dot", end="reset"),
    Mailbox("ends-after-the-reply", "dot", b"250 2.0.0 queued\r\n", DELIVERED, end="close"),
    Mailbox("resets-after-the-reply", "dot", b"250 2.0.0 queued\r\n", DELIVERED, end="reset"),
    Mailbox("hangs-before-the-reply", "dot", end="hang"),
    Mailbox("stripped", fate=WAITING, error="TLS", stripped=True),
    Mailbox("stripped-by-helo", "EHLO", b"502 5.5.1 what?\r\n", FAILED, tries=99, stripped=True),
    Mailbox("talks-before-tls", "STARTTLS", b"220 go ahead\r\n250-injected\r\n250 AUTH PLAIN\r\n"),
    Mailbox("garbage-for-tls", "STARTTLS", b"220 go ahead\r\n" + b"nonsense\r\n" * 99,
            end="close"),
    Mailbox("hangs-for-tls", "STARTTLS", b"220 go ahead\r\n", end="hang"),
    Mailbox("stranger", fate=WAITING, error="certificate", stranger=True),
    Mailbox("silent", "banner", end="hang"),
    Mailbox("slow-banner", "banner", b"220 mail.example.test ready\r\n", pause=2, end="hang"),
    Mailbox("http-banner", "banner", b"HTTP/1.1 400 Bad Request\r\n\r\n", end="close"),
    Mailbox("endless-banner", "banner", b"220 ", repeated=b"x" * 4096, end="close"),
    Mailbox("endless-banner-lines", "banner", repeated=b"220-x\r\n" * 500, end="close"),
    Mailbox("endless-ehlo", "EHLO", repeated=b"250-X-ENDLESS\r\n" * 500, end="close"),
    Mailbox("oversized-ehlo", "EHLO", b"250-" + b"x" * 200_000 + b"\r\n", end="close"),
    Mailbox("oversized-refusal", "RCPT", b"451 " + b"x" * 9000 + b"\r\n"),
    Mailbox("hostile-refusal", "RCPT", b"550 \x1b[31m<!channel> \xe2\x80\xaegnorw\xff\r\n", FAILED,
            tries=99),
    Mailbox("repeats-the-password", "AUTH", b"echo", FAILED, "535", tries=99),
]
EHLO = ("mail.example.test", "8BITMIME", "SIZE 10485760", "ENHANCEDSTATUSCODES")


@dataclass
class Session:
    mailbox: str
    in_clear: list = field(default_factory=list)  # what was said before TLS
    under_tls: list = field(default_factory=list)


@dataclass
class Mail:
    order: int
    arrived: float
    mailbox: str
    key: str       # its Message-ID
    source: bytes
    behaved: bool  # the sender was told 250
    receivers: list

    @property
    def message(self):
        return email.message_from_bytes(self.source, policy=email.policy.default)


class HostileMail:
    """A server for each of MAILBOXES; `certificate` is the one to trust."""

    def __init__(self, certificate, key, stranger, strangers_key, order=None):
        self.order = order or Order()
        self.mails = []
        self.sessions = []
        self.most_bytes = {}
        self.stopping = threading.Event()
        self.contexts = [ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) for _ in range(2)]
        self.contexts[False].load_cert_chain(certificate, key)
        self.contexts[True].load_cert_chain(stranger, strangers_key)
        self.listeners = {each.name: Listener(
            lambda client, each=each: Conversation(self, each, client).run())
            for each in MAILBOXES}

    def url(self, mailbox):
        return f"smtp://127.0.0.1:{self.listeners[mailbox.name].port}"

    def stop(self):
        self.stopping.set()
        for each in self.listeners.values():
            each.stop()

    def of(self, name):
        return [each for each in list(self.mails) if each.mailbox == name]

    def attempts(self, name):
        return [each for each in list(self.sessions) if each.mailbox == name]


class FlakyMail(HostileMail):
    """One server, which treats every conversation well or badly at random."""

    mailboxes_at_random = [
        refusal("RCPT", b"451 4.7.1 come back later", RETRIED, tries=10 ** 9),
        refusal("dot", b"451 4.3.0 not now", RETRIED, tries=10 ** 9),
        Mailbox("lost", "dot", end="close", tries=10 ** 9),
        Mailbox("reset", "dot", end="reset", tries=10 ** 9)]
    good = Mailbox("good", fate=DELIVERED)

    def __init__(self, random, *arguments):
        self.random = random
        super().__init__(*arguments)
        self.listeners["flaky"] = Listener(self.serve)

    def serve(self, client):
        bad = self.random.random() < 0.4
        mailbox = self.random.choice(self.mailboxes_at_random) if bad else self.good
        Conversation(self, mailbox, client).run()


class Conversation:
    def __init__(self, server, mailbox, client):
        self.server, self.mailbox, self.client = server, mailbox, client
        self.session = Session(mailbox.name)
        self.behaves = (mailbox.fate == RETRIED and
                        len(server.attempts(mailbox.name)) >= mailbox.tries)
        server.sessions.append(self.session)
        self.buffer = b""
        self.tls = False
        self.receivers = []

    def line(self):
        while b"\n" not in self.buffer:
            data = self.client.recv(65536)
            if not data:
                raise OSError("the client is gone")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def answer(self, said, reply):
        """False where the conversation is over."""
        bad = self.mailbox
        if self.behaves or not bad.at or not said.startswith(bad.at):
            self.client.sendall(reply)
            return True
        sent = bad.sent
        if sent == b"echo":
            sent = f"535 wrong: {said} {PASSWORD}\r\n".encode()
        count = play(self.client, sent, bad.repeated, bad.pause, bad.end, self.server.stopping)
        most = self.server.most_bytes
        most[bad.name] = max(most.get(bad.name, 0), count)
        return bad.end == "go on"

    def refuses(self, said):
        bad = self.mailbox
        return (not self.behaves and bool(bad.at) and said.startswith(bad.at) and
                re.match(rb"[45]", bad.sent))

    def run(self):
        if not self.answer("banner", b"220 mail.example.test ESMTP\r\n"):
            return
        while True:
            said = self.line().decode("latin1")
            (self.session.under_tls if self.tls else self.session.in_clear).append(said)
            if said == "QUIT":
                return self.client.sendall(b"221 bye\r\n")
            if said == "AUTH PLAIN":
                self.client.sendall(b"334 \r\n")
                self.session.under_tls.append(self.line().decode("latin1"))
            if not self.answer(said, self.reply(said)):
                return
            if said == "STARTTLS" and not self.refuses(said):
                self.start_tls()
            elif said.startswith("RCPT") and not self.refuses(said):
                self.receivers.append(said)
            elif said == "DATA" and not self.refuses(said):
                if not self.take_message():
                    return

    def reply(self, said):
        verb = said.split(" ")[0]
        if verb in ("EHLO", "HELO"):
            words = [*EHLO]
            if self.tls:
                words.append("AUTH PLAIN")
            elif not (self.mailbox.stripped and not self.behaves):
                words.append("STARTTLS")
            return "".join(f"250{' ' if word == words[-1] else '-'}{word}\r\n"
                           for word in words).encode()
        if verb == "AUTH":
            return b"235 2.7.0 welcome\r\n"
        return {"STARTTLS": b"220 go ahead\r\n", "DATA": b"354 go ahead\r\n"}.get(
            verb, b"250 2.0.0 ok\r\n")

    def start_tls(self):
        self.buffer = b""
        self.client = self.server.contexts[self.mailbox.stranger].wrap_socket(
            self.client, server_side=True)
        self.tls = True

    def take_message(self):
        lines = []
        while (line := self.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        source = b"\r\n".join(lines) + b"\r\n"
        bad = not self.behaves and self.mailbox.at == "dot"
        told = not bad or self.mailbox.sent.startswith(b"250")
        key = email.message_from_bytes(source)["Message-ID"]
        if not self.refuses("dot"):
            with self.server.order.lock:
                self.server.mails.append(Mail(self.server.order.next(), time.time(),
                                              self.mailbox.name, key, source, told,
                                              self.receivers))
        return self.answer("dot", b"250 2.0.0 queued\r\n")
