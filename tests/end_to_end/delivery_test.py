"""Receivers that do everything wrong, told by the release binary of an outage: each message has its
fate, the same key on every attempt, goes nowhere else, and keeps no other channel waiting."""

import base64
import json
import re
import time

import pytest

from parts.certificate import make_certificate
from parts.configuration import ONE_ROUTE
from parts.hostile_mail import MAILBOXES, PASSWORD, USERNAME, HostileMail
from parts.hostile_receiver import (DELIVERED, FAILED, HOOKS, RETRIED, WAITING, Hook,
                                    HostileReceiver, Order)
from parts.process import wait_until

MOST_BYTES = 16 << 20  # into one connection, those in the buffers of the kernel included
ATTEMPT_S = 30         # the daemon's deadline of one attempt
SECRET = "CANARY-header"


def hook_channel(hook, url):
    return f"""
[[channel]]
name = "{hook.name}"
type = "webhook"
url = "{url}?token=CANARY-query"
headers = {{ Authorization = "{SECRET}" }}
"""


def mail_channel(mailbox, url, ca):
    return f"""
[[channel]]
name = "mail-{mailbox.name}"
type = "email"
server = "{url}"
username = "{USERNAME}"
password = "{PASSWORD}"
ca = "{ca}"
from = "gatewatch@example.test"
to = [{", ".join(f'"{each}"' for each in mailbox.receivers)}]
"""


@pytest.fixture
def certificates(work):
    """Certificate and key of who is trusted, and of a stranger."""
    for name in ("trusted", "stranger"):
        (work / name).mkdir()
    return [*make_certificate(work / "trusted"), *make_certificate(work / "stranger")]


@pytest.fixture
def order():
    return Order()


@pytest.fixture
def hooks(certificates, order):
    made = HostileReceiver(*certificates[2:], order)
    yield made
    made.stop()


@pytest.fixture
def mail(certificates, order):
    made = HostileMail(*certificates, order)
    yield made
    made.stop()


def deliveries(daemon, sequence):
    rows = daemon.query("SELECT channel, state, attempts, last_error, next_attempt_us / 1e6 "
                        "FROM deliveries WHERE sequence = ?", sequence)
    return {row[0]: row[1:] for row in rows}


def settled(found, fates):
    """Whose delivery is not yet where its fate leads."""
    state_of = {DELIVERED: "delivered", RETRIED: "delivered", FAILED: "failed", WAITING: "pending"}
    return [name for name, each in fates.items() if name not in found or
            found[name][0] != state_of[each.fate] or (each.fate == WAITING and not found[name][1])]


def test_every_misbehaving_receiver_has_its_message_or_its_failure_is_shown(
        site, certificates, hooks, mail, start_daemon):
    fates = {each.name: each for each in HOOKS} | {"mail-" + each.name: each for each in MAILBOXES}
    daemon = start_daemon(
        ONE_ROUTE.format(url=site.url) +
        "".join(hook_channel(each, hooks.url(each)) for each in HOOKS) +
        "".join(mail_channel(each, mail.url(each), certificates[0]) for each in MAILBOXES))
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: len(deliveries(daemon, 1)) == len(fates), 30, "the opening")
    found = {}

    def all_settled():
        found.update(deliveries(daemon, 1))
        return not settled(found, fates)
    wait_until(all_settled, 2 * ATTEMPT_S + 30,
               lambda: "\n".join(f"{name}: {found.get(name)}" for name in settled(found, fates)))
    wrong = [*check_deliveries(found, fates), *check_hooks(found, hooks), *check_mail(found, mail)]
    assert not wrong, "\n".join(wrong)

    # What behaves by now is told the end, and in order; what failed for good is told it anew.
    site.restore()
    wait_until(lambda: not settled(deliveries(daemon, 2), {
        name: each for name, each in fates.items() if each.fate in (DELIVERED, RETRIED)}),
               2 * ATTEMPT_S, "the end, wherever the opening came")
    check_order_and_keys(daemon, hooks, mail)
    check_what_is_shown(daemon, fates)
    assert "CANARY" not in daemon.said() + daemon.metrics()


def check_deliveries(found, fates):
    for name, each in fates.items():
        _, attempts, error, next_attempt = found[name]
        fewest = each.tries + 1 if each.fate == RETRIED else 1
        if attempts < fewest or (each.fate in (DELIVERED, FAILED) and attempts > 1):
            yield f"{name}: {attempts} attempts"
        if each.fate != RETRIED and not re.search(re.escape(each.error), error):
            yield f"{name}: {error!r} does not say {each.error!r}"
        if each.fate == WAITING and next_attempt > time.time() + 300:
            yield f"{name}: waits longer than five minutes"
        if re.search(r"CANARY|[^\x20-\x7e\u00a0-\U0010ffff]|[\u202a-\u202e]", error):
            yield f"{name}: {error!r} is not fit to be shown"


def check_hooks(found, hooks):
    followed = hooks.of("followed")
    if followed:
        yield f"followed a redirect: {followed}"
    for each in HOOKS:
        attempts = hooks.of(each.name)
        if len({attempt.key for attempt in attempts}) > 1:
            yield f"{each.name}: the key changed: {attempts}"
        if len({attempt.body for attempt in attempts if attempt.body}) > 1:
            yield f"{each.name}: the body changed"
        if {attempt.method for attempt in attempts} - {"POST"}:
            yield f"{each.name}: not a POST"
        if each.tls and attempts:
            yield f"{each.name}: told a stranger"
        if each.fate == RETRIED and len(attempts) != 2:
            yield f"{each.name}: {len(attempts)} attempts came"
        pauses = [after.arrived - before.arrived for before, after in zip(attempts, attempts[1:])]
        if any(pause < max(each.wait, 0.7) for pause in pauses):
            yield f"{each.name}: tried again after {pauses} s"
        if hooks.most_bytes.get(each.name, 0) > MOST_BYTES:
            yield f"{each.name}: took {hooks.most_bytes[each.name]} bytes"


def check_mail(found, mail):
    secrets = (PASSWORD, base64.b64encode(f"\0{USERNAME}\0{PASSWORD}".encode()).decode())
    for each in MAILBOXES:
        sessions, mails = mail.attempts(each.name), mail.of(each.name)
        if len({one.key for one in mails}) > 1 or len({one.source for one in mails}) > 1:
            yield f"{each.name}: the message changed: {[one.key for one in mails]}"
        clear = [said for session in sessions for said in session.in_clear]
        if any(said.split(" ")[0] not in ("EHLO", "HELO", "STARTTLS", "QUIT") and
               said.isprintable() for said in clear):
            yield f"{each.name}: said in clear {clear}"
        if any(secret in said for said in clear for secret in secrets):
            yield f"{each.name}: the password in clear"
        if (each.stripped or each.stranger) and any(each.under_tls for each in sessions):
            yield f"{each.name}: spoke to a stranger: {sessions}"
        if mail.most_bytes.get(each.name, 0) > MOST_BYTES:
            yield f"{each.name}: took {mail.most_bytes[each.name]} bytes"
        for one in mails:
            if not clean(one.source):
                yield f"{each.name}: sent bare line ends or lines that are too long"


def clean(source):
    """CRLF alone ends a line, and none is longer than SMTP allows."""
    lines = source.split(b"\r\n")
    return all(b"\r" not in line and b"\n" not in line and len(line) <= 998 for line in lines)


def check_order_and_keys(daemon, hooks, mail):
    """What came twice has one key and lacked an answer; the end never came before the opening."""
    states = dict(daemon.query("SELECT key, sequence FROM deliveries"))
    for each in HOOKS:
        attempts = hooks.of(each.name)
        sequences = [states[attempt.key] for attempt in attempts]
        assert sequences == sorted(sequences), (each.name, sequences)
        told = [attempt.key for attempt in attempts if attempt.behaved]
        assert len(told) == len(set(told)), (each.name, told)
    for each in MAILBOXES:
        mails = mail.of(each.name)
        told = [one.key for one in mails if one.behaved]
        assert len(told) == len(set(told)), (each.name, told)
        if each.fate in (DELIVERED, RETRIED):
            resolutions = ["Resolved" in one.message["Subject"] for one in mails]
            assert resolutions == sorted(resolutions) and resolutions[-1], (each.name, resolutions)


def check_what_is_shown(daemon, fates):
    health = {check["name"]: check for check in json.loads(daemon.get("/readyz")[2])["checks"]}
    for name, each in fates.items():
        given_up = daemon.metric("gatewatch_deliveries_total", channel=name, result="given_up")
        pending = daemon.metric("gatewatch_deliveries_pending", channel=name)
        assert bool(given_up) == (each.fate == FAILED), (name, given_up)
        assert bool(pending) == (each.fate == WAITING), (name, pending)
        check = health["channel " + name]
        assert check["ok"] == (each.fate in (DELIVERED, RETRIED)), check
        if each.fate in (FAILED, WAITING):
            assert each.error in check["detail"], check


def test_receivers_that_hang_keep_no_other_channel_waiting(hooks, site, receiver, start_daemon):
    """More hanging channels and incidents than there are transfers at once: what is told elsewhere
    arrives while every one of them still waits for its first answer."""
    hanging = [f"hanging-{number}" for number in range(12)]
    silent = hooks.hooks["silent"] = Hook("silent", end="hang", tries=10 ** 6)
    text = "".join(f"""
[[route]]
name = "shop-{number}"
url = "{site.url}"
interval = "1s"
timeout = "1s"

[[rule]]
name = "bad-gateway-{number}"
routes = ["shop-{number}"]
match = ["bad_gateway"]
window = "10s"
""" for number in range(6))
    text += "".join(f"""
[[channel]]
name = "{name}"
type = "webhook"
url = "{hooks.url(silent)}"
""" for name in hanging)
    text += f'[[channel]]\nname = "good"\ntype = "webhook"\nurl = "{receiver.url}/good"\n'
    daemon = start_daemon(text)
    daemon.wait_for_results(12)
    site.break_down()

    wait_until(lambda: len({each.json["rule"] for each in receiver.accepted("/good")}) == 6, 60,
               lambda: f"six openings; it said:\n{daemon.said()}")
    attempts, = daemon.query("SELECT max(attempts) FROM deliveries WHERE channel != 'good'")[0]
    assert attempts == 0, "a hanging channel had ended its attempt before another was told"
