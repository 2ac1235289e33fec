"""What a probe costs: gatewatch, its floor and its peers in alternating rounds, as ratios.

The targets (nginx) run on the second core, whoever probes on the first. The cost of a probe is the
CPU time of the whole process, user and system, over what nginx says that it was asked.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/end_to_end"))

from parts.process import Process, accepts, free_port, wait_until  # noqa: E402

BUILD = ROOT / "build/release"
GATEWATCH = BUILD / "daemon/gatewatch"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS_A_ROUND", "4"))
PROBER_CORE, TARGET_CORE = 0, 1
TICKS = os.sysconf("SC_CLK_TCK")


def on_core(core):
    return {"preexec_fn": lambda: os.sched_setaffinity(0, {core})}


def address(index):
    """The index-th target: every one has an address of its own."""
    return ".".join(str(byte) for byte in (0x7f010001 + index).to_bytes(4, "big"))


def cpu_seconds(pid):
    """User and system time of a process, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_bytes(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def connections_of(pid):
    """How many sockets a process has open."""
    count = 0
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            count += os.readlink(entry.path).startswith("socket:")
        except OSError:
            pass
    return count


class Certificates:
    """A chain of three, ECDSA P-256: root, intermediate, and probe.test."""

    def __init__(self, directory):
        self.ca = directory / "ca.pem"
        self.chain = directory / "chain.pem"
        self.key = directory / "leaf.key"
        for name, issuer, extensions in (
                ("ca", None, "basicConstraints=critical,CA:true"),
                ("middle", "ca", "basicConstraints=critical,CA:true"),
                ("leaf", "middle", "subjectAltName=DNS:probe.test")):
            self._make(directory, name, issuer, extensions)
        self.chain.write_text((directory / "leaf.pem").read_text() +
                              (directory / "middle.pem").read_text())

    @staticmethod
    def _make(directory, name, issuer, extensions):
        words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                 "-nodes", "-days", "90", "-subj", f"/CN={name}", "-addext", extensions,
                 "-keyout", directory / f"{name}.key", "-out", directory / f"{name}.pem"]
        if issuer:
            words += ["-CA", directory / f"{issuer}.pem", "-CAkey", directory / f"{issuer}.key"]
        if name == "leaf":
            words += ["-addext", "basicConstraints=critical,CA:false"]
        subprocess.run([str(word) for word in words], check=True, capture_output=True)


class Nginx:
    """The target: 1,000 bytes over HTTP and HTTPS on every loopback address, and a count.
    /slow takes a second."""

    def __init__(self, directory):
        self.http, self.https, slow = free_port(), free_port(), free_port()
        self.slow_site = Process([BUILD / "tests/bench/bench_slow_site", slow, 1000],
                                 directory / "slow_site.out", **on_core(TARGET_CORE))
        self.slow_site.start(lambda: accepts(slow))
        self.certificates = Certificates(directory)
        configuration = directory / "nginx.conf"
        body = "x" * 1000
        configuration.write_text(f"""\
daemon off;
{"user root;" if os.geteuid() == 0 else ""}
worker_processes 1;
worker_rlimit_nofile 65536;
pid {directory}/nginx.pid;
error_log {directory}/error.log crit;
events {{ worker_connections 32768; }}
http {{
  access_log off;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  ssl_session_tickets off;
  ssl_protocols TLSv1.2 TLSv1.3;
  server {{
    listen {self.http} backlog=16384;
    listen {self.https} ssl backlog=16384;
    ssl_certificate {self.certificates.chain};
    ssl_certificate_key {self.certificates.key};
    location / {{ default_type text/plain; return 200 "{body}"; }}
    location /slow {{ proxy_pass http://127.0.0.1:{slow}; }}
    location /count {{ stub_status; }}
  }}
}}
""")
        self.process = Process(["/usr/sbin/nginx", "-e", directory / "error.log", "-p", directory,
                                "-c", configuration], directory / "nginx.out",
                               **on_core(TARGET_CORE))
        self.process.start(lambda: accepts(self.http))

    def requests(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/count") as answer:
            return int(answer.read().split()[9])

    def stop(self):
        self.process.stop()
        self.slow_site.stop()


class Gatewatch:
    def __init__(self, directory, routes, daemon=""):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        self.port = free_port()
        (directory / "data").mkdir()
        file = directory / "gatewatch.toml"
        file.write_text(f'[daemon]\nlisten = "127.0.0.1:{self.port}"\n'
                        f'data = "{directory}/data"\nprobe_threads = 1\n{daemon}\n' + routes)
        self.process = Process([GATEWATCH, "run", "--config", file], directory / "out",
                               **on_core(PROBER_CORE))
        self.process.start(self.is_ready, seconds=60)

    def is_ready(self):
        try:
            self.get("/readyz")
            return True
        except OSError:
            return False

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
            return answer.read().decode()

    def metrics(self, name):
        """Every series of that name: its labels and its value."""
        found = {}
        for line in self.get("/metrics").splitlines():
            if line.startswith((name + "{", name + " ")):
                labels, value = line.rsplit(" ", 1)
                found[labels[len(name):]] = float(value)
        return found

    def stop(self):
        self.process.stop()


class Haproxy:
    """HAProxy's own health checks of as many servers; it stores and counts nothing."""

    def __init__(self, directory, nginx, targets, interval_ms):
        directory.mkdir(exist_ok=True)
        servers = "\n".join(
            f"  server s{index} {address(index)}:{nginx.http} check inter {interval_ms}"
            for index in range(targets))
        file = directory / "haproxy.cfg"
        file.write_text(f"""\
global
  nbthread 1
  maxconn 20000
  spread-checks 50
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  timeout check 5s
backend targets
  option httpchk
  http-check send meth GET uri / ver HTTP/1.1 hdr Host probe.test hdr Connection close
  http-check expect status 200
{servers}
frontend unused
  bind 127.0.0.1:{free_port()}
  default_backend targets
""")
        self.process = Process(["/usr/sbin/haproxy", "-db", "-f", file], directory / "out",
                               **on_core(PROBER_CORE))
        self.process.start()

    def stop(self):
        self.process.stop()


def routes(count, url, interval, extra=""):
    """One route for each target; `url`: with a place for its address; the interval in seconds."""
    span = f"{interval * 1000:.0f}ms"
    head = f'[defaults]\ninterval = "{span}"\ntimeout = "{span}"\n{extra}\n'
    return head + "".join(
        f'[[route]]\nname = "r{index}"\nurl = "{url.format(address(index))}"\n'
        for index in range(count))


def program(name, *arguments):
    """Runs a bench program on the prober's core: CPU microseconds per probe."""
    done = subprocess.run([BUILD / f"tests/bench/bench_{name}", *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE, text=True, **on_core(PROBER_CORE))
    answer = json.loads(done.stdout)
    assert answer["failed"] <= answer["probes"] / 1000, answer
    return answer["cpu_us"]


def cost_of(daemon, nginx, warm):
    """CPU microseconds per probe of a running prober."""
    time.sleep(warm)
    asked, cpu = nginx.requests(), cpu_seconds(daemon.process.pid)
    time.sleep(SECONDS)
    spent, probes = cpu_seconds(daemon.process.pid) - cpu, nginx.requests() - asked - 1
    assert probes > 0, daemon.process.said()
    return spent * 1e6 / probes


def measured(start, nginx, interval=1):
    """After one probe of each target, `interval` seconds apart."""
    daemon = start()
    try:
        return cost_of(daemon, nginx, interval + 1)
    finally:
        daemon.stop()


def compare(title, floor, contestants):
    """Rounds of the floor and each contestant in turn; prints medians of the ratios."""
    ratios = {name: [] for name in contestants}
    floors = []
    for _ in range(ROUNDS):
        for name, cost in contestants.items():
            before = floor()
            ratios[name].append(cost() / before)
            floors.append(before)
    print(f"\n{title}: floor {statistics.median(floors):.1f} µs CPU a probe")
    for name, values in ratios.items():
        print(f"  {name:<28} {statistics.median(values):6.2f} × floor"
              f"   ({min(values):.2f} to {max(values):.2f})", flush=True)


class Scenarios:
    def __init__(self, directory):
        self.directory = directory
        self.nginx = Nginx(directory)

    def stop(self):
        self.nginx.stop()

    def gatewatch(self, text, daemon=""):
        return Gatewatch(self.directory / "gatewatch", text, daemon)

    def http(self):
        url = f"http://{{}}:{self.nginx.http}/"
        contestants = {
            "gatewatch, 10,000 routes": lambda: measured(
                lambda: self.gatewatch(routes(10_000, url, 1)), self.nginx),
            "libcurl": lambda: program("curl_multi", "--port", self.nginx.http),
        }
        if shutil.which("haproxy", path="/usr/sbin:/usr/bin"):
            contestants["HAProxy's checks, 10,000"] = lambda: measured(
                lambda: Haproxy(self.directory / "haproxy", self.nginx, 10_000, 1000), self.nginx)
        compare("HTTP, 10,000 probes a second",
                lambda: program("floor", "--port", self.nginx.http, "--targets", 10_000),
                contestants)

    def flat(self):
        """The same pace over few and very many routes, beside the floor at that pace."""
        url = f"http://{{}}:{self.nginx.http}/"
        compare("HTTP, 10,000 probes a second over more and more routes",
                lambda: program("floor", "--port", self.nginx.http, "--rate", 10_000),
                {f"gatewatch, {count:,} routes": lambda count=count, interval=interval: measured(
                    lambda: self.gatewatch(routes(count, url, interval)), self.nginx, interval)
                 for count, interval in ((1_000, 0.1), (10_000, 1), (100_000, 10))})

    def start(self):
        """From the start of the process until it is ready, of a store that holds nothing."""
        begun = time.monotonic()
        daemon = self.gatewatch(routes(100_000, "http://{}:1/", 1000))
        took, spent = time.monotonic() - begun, cpu_seconds(daemon.process.pid)
        print(f"\n100,000 routes: ready after {took:.1f} s, {spent:.1f} s of CPU, "
              f"{resident_bytes(daemon.process.pid) / 2**20:.0f} MiB resident", flush=True)
        daemon.stop()

    def https(self):
        ca = self.nginx.certificates.ca
        url = f"https://{{}}:{self.nginx.https}/"
        tls = f'tls = {{ ca = "{ca}", server_name = "probe.test" }}'
        compare("HTTPS, 300 probes a second, chain of 3 verified",
                lambda: program("floor", "--port", self.nginx.https, "--ca", ca),
                {"gatewatch, 300 routes": lambda: measured(
                    lambda: self.gatewatch(routes(300, url, 1, tls)), self.nginx)})

    def pace(self):
        url = f"http://{{}}:{self.nginx.http}/"
        for rate in (200, 1000):
            contestants = {"gatewatch": lambda: measured(
                lambda: self.gatewatch(routes(rate, url, 1)), self.nginx)}
            if shutil.which("haproxy", path="/usr/sbin:/usr/bin"):
                contestants["HAProxy's checks"] = lambda: measured(
                    lambda: Haproxy(self.directory / "haproxy", self.nginx, rate, 1000), self.nginx)
            compare(f"HTTP, {rate} probes a second",
                    lambda: program("floor", "--port", self.nginx.http, "--rate", rate),
                    contestants)

    def memory(self):
        url = f"http://{{}}:{self.nginx.http}/"
        daemon = self.gatewatch(routes(10_000, url, 10))
        time.sleep(25)
        before = resident_bytes(daemon.process.pid)
        during, took, size = self._scrape(daemon)
        name = "gatewatch_scheduler_lateness_seconds"
        buckets = daemon.metrics(f"{name}_bucket")
        total = sum(daemon.metrics(f"{name}_count").values())
        late = total - sum(value for labels, value in buckets.items() if 'le="0.1"' in labels)
        print(f"\n10,000 routes at 10 s: {before / 2**20:.1f} MiB resident, "
              f"{during / 2**20:.1f} MiB within a scrape of {size / 2**20:.1f} MiB and "
              f"{took * 1000:.0f} ms; "
              f"{late:.0f} of {total:.0f} probes late by more than 100 ms")
        daemon.stop()

    def _scrape(self, daemon):
        """The most that was resident while a scrape was read, how long it took, and its size."""
        begun, size, resident = time.monotonic(), 0, 0
        with urllib.request.urlopen(f"http://127.0.0.1:{daemon.port}/metrics") as answer:
            while piece := answer.read(1 << 20):
                size += len(piece)
                resident = max(resident, resident_bytes(daemon.process.pid))
        return resident, time.monotonic() - begun, size

    def in_flight(self):
        self._in_flight("HTTP", 5000, f"http://{{}}:{self.nginx.http}", "")

    def in_flight_tls(self):
        ca = self.nginx.certificates.ca
        self._in_flight("HTTPS", 2000, f"https://{{}}:{self.nginx.https}",
                        f'tls = {{ ca = "{ca}", server_name = "probe.test" }}')

    def _in_flight(self, name, count, url, tls):
        """What the same routes cost while nearly none, and while nearly all are in flight."""
        resting, _ = self._most_resident(routes(count, url + "/", 20, tls), 22)
        busy, flying = self._most_resident(routes(count, url + "/slow", 1.1, tls), 8)
        print(f"\n{name}, {flying:.0f} probes in flight: {(busy - resting) / flying / 1024:.1f} KiB "
              f"each, {busy / 2**20:.1f} MiB in all", flush=True)

    def _most_resident(self, text, seconds):
        daemon = self.gatewatch(text, "probes_in_flight = 20000")
        end = time.monotonic() + seconds
        resident = flying = 0
        while time.monotonic() < end:
            time.sleep(0.25)
            resident = max(resident, resident_bytes(daemon.process.pid))
            flying = max(flying, connections_of(daemon.process.pid))
        daemon.stop()
        return resident, flying


def main():
    names = sys.argv[1:] or ["http", "https", "pace", "flat", "start", "memory", "in_flight",
                             "in_flight_tls"]
    directory = Path(tempfile.mkdtemp(prefix="gatewatch-bench-"))
    scenarios = Scenarios(directory)
    try:
        for name in names:
            getattr(scenarios, name)()
    finally:
        scenarios.stop()
        shutil.rmtree(directory, ignore_errors=True)


main()
