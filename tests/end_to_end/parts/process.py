"""One child process with its log, and the waiting that every part needs."""

import os
import socket
import subprocess
import time


def free_port():
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds, what):
    """The first true answer of `condition`; fails the test with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            text = what() if callable(what) else what
            raise AssertionError(f"not within {seconds} s: {text}")
        time.sleep(0.02)


def accepts(port):
    """Whether somebody listens on a port of 127.0.0.1."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Process:
    """Starts `command`; everything that it prints goes to `log`."""

    def __init__(self, command, log, **options):
        self.command = [str(word) for word in command]
        self.log = log
        self.options = options
        self.child = None

    def start(self, ready=None, seconds=10):
        with open(self.log, "ab") as output:
            self.child = subprocess.Popen(self.command, stdout=output, stderr=output,
                                          stdin=subprocess.DEVNULL, **self.options)
        if ready:
            wait_until(lambda: self._exited() or ready(), seconds,
                       lambda: f"{self.command[0]} is ready; it said:\n{self.said()}")
            assert not self._exited(), f"{self.command} ended:\n{self.said()}"
        return self

    def _exited(self):
        return self.child.poll() is not None

    @property
    def pid(self):
        return self.child.pid

    def said(self):
        with open(self.log, errors="replace") as text:
            return text.read()

    def signal(self, number):
        os.kill(self.child.pid, number)

    def kill(self):
        """As by kill -9: nothing is written any more."""
        self.child.kill()
        self.child.wait()

    def stop(self, seconds=10):
        """Ends it as an administrator would; its exit code."""
        if self.child is None:
            return None
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
        return self.child.wait()


def unprivileged():
    """Options of a process that must not be root where the tests are."""
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}
