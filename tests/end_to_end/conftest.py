"""Fixtures: a test asks for the parts that it wants among and gets them running, its own."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from parts.alertmanager import Alertmanager
from parts.daemon import BINARY, Daemon
from parts.mail_server import MailServer
from parts.receiver import Receiver
from parts.scraper import Scraper
from parts.site import Site


def pytest_sessionstart(session):
    if not Path(BINARY).exists():
        pytest.exit(f"there is no {BINARY}: build the release first", returncode=2)


@pytest.fixture
def work():
    """A directory of the test's own that other users can enter."""
    directory = Path(tempfile.mkdtemp(prefix="gatewatch-e2e-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def site(work):
    made = Site(work / "site").start()
    yield made
    made.stop()


@pytest.fixture
def mail_server():
    directory = Path(tempfile.mkdtemp(prefix="gatewatch-mail-"))
    made = MailServer(directory).start()
    yield made
    made.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def make_daemon(work):
    """make_daemon(text, …): a daemon to start; whatever still runs at the end is ended."""
    all_made = []

    def make(text, **options):
        made = Daemon(work / f"daemon{len(all_made)}", text, **options)
        all_made.append(made)
        return made

    yield make
    for made in all_made:
        made.stop()


@pytest.fixture
def start_daemon(make_daemon):
    """start_daemon(text, …): a running daemon."""
    return lambda text, **options: make_daemon(text, **options).start()


@pytest.fixture
def start_scraper(work):
    started = []

    def start(port):
        made = Scraper(work / "prometheus", port)
        started.append(made)
        return made.start()

    yield start
    for made in started:
        made.stop()


@pytest.fixture
def alertmanager(work, receiver):
    made = Alertmanager(work / "alertmanager", receiver.url + "/from-alertmanager").start()
    yield made
    made.stop()


@pytest.fixture
def channels(receiver, mail_server):
    """TOML of one channel of each kind that goes to the parts."""
    return f"""
[[channel]]
name = "slack"
type = "slack"
url = "{receiver.url}/slack"

[[channel]]
name = "webhook"
type = "webhook"
url = "{receiver.url}/webhook"
hmac_key = "{receiver.hmac_key}"

[[channel]]
name = "email"
type = "email"
server = "{mail_server.url}"
username = "{mail_server.username}"
password = "{mail_server.password}"
ca = "{mail_server.certificate}"
from = "gatewatch@example.test"
to = ["oncall@example.test"]
"""


@pytest.fixture(scope="session")
def promtool():
    def check(metrics):
        return subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return check
