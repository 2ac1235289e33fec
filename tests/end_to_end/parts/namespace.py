"""A network of its own for a daemon, with one way out of it that a test can take away."""

import os
import subprocess

import pytest


def ip(*words, check=True):
    return subprocess.run(["ip", *map(str, words)], check=check, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)


class Namespace:
    """`here`: our address on its link, to which it has a route always. `hosts`: addresses of ours in
    unrelated networks, to which only its default route leads."""

    def __init__(self, hosts=4):
        number = os.getpid() % 60
        self.name = f"gatewatch-{os.getpid()}"
        self.inner, self.outer = f"gwi{os.getpid()}", f"gwo{os.getpid()}"
        self.here = f"10.213.{number}.1"
        self.hosts = [f"198.18.{10 * number % 200 + index}.1" for index in range(hosts)]

    def start(self):
        try:
            made = ip("netns", "add", self.name, check=False)
        except FileNotFoundError:
            pytest.skip("there is no ip(8)")
        if made.returncode != 0:
            pytest.skip(f"network namespaces are not permitted: {made.stdout.strip()}")
        ip("link", "add", self.outer, "type", "veth", "peer", "name", self.inner)
        ip("link", "set", self.inner, "netns", self.name)
        ip("address", "add", f"{self.here}/30", "dev", self.outer)
        ip("link", "set", self.outer, "up")
        self.run("link", "set", "lo", "up")
        self.run("address", "add", f"{self.here[:-1]}2/30", "dev", self.inner)
        self.run("link", "set", self.inner, "up")
        self.answer_again()
        self.add_route()
        return self

    def run(self, *words):
        ip("-n", self.name, *words)

    def add_route(self):
        self.run("route", "add", "default", "via", self.here)

    def remove_route(self):
        """Its kernel says at once that there is no way."""
        self.run("route", "del", "default")

    def answer_again(self):
        for host in self.hosts:
            ip("address", "add", f"{host}/32", "dev", self.outer)

    def fall_silent(self):
        """Nobody answers any more, nor says why."""
        for host in self.hosts:
            ip("address", "del", f"{host}/32", "dev", self.outer)
            ip("route", "add", "blackhole", f"{host}/32", check=False)

    def end_silence(self):
        for host in self.hosts:
            ip("route", "del", "blackhole", f"{host}/32", check=False)
        self.answer_again()

    def prefix(self):
        return ["ip", "netns", "exec", self.name]

    def stop(self):
        for host in self.hosts:
            ip("route", "del", "blackhole", f"{host}/32", check=False)
        ip("link", "del", self.outer, check=False)
        ip("netns", "del", self.name, check=False)
