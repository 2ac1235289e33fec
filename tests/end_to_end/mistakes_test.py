"""What an operator gets wrong is told clearly, and ends with exit code 2 (configuration, usage) or
1 (the machine), never with a crash."""

import contextlib
import re
import resource
import socket
import sqlite3

import pytest

from parts.daemon import Daemon, run_gatewatch
from parts.process import free_port, unprivileged

MISTAKES = """\
[daemon]
listen = "127.0.0.1:9502"
dta = "/tmp"

[[route]]
name = "shop"
url = "ftp://shop.example.test/"
interval = "10"

[[rule]]
name = "bad-gateway"
match = ["bad_gatway"]
notify = ["nobody"]
"""


@pytest.mark.parametrize("command", ["check", "run"])
def test_every_mistake_is_listed_with_its_place(command, work):
    file = work / "gatewatch.toml"
    file.write_text(MISTAKES)
    code, said = run_gatewatch(command, "--config", file)
    assert code == 2, said
    for line in (3, 7, 8, 12, 13):
        assert re.search(rf"gatewatch\.toml:{line}:\d+: ", said), (line, said)
    assert "data" in said, "the nearest known key"
    assert "terminate" not in said


@pytest.mark.parametrize("text", [
    "[daemon", "= 1", "\x00", "[[route]]\n", "[daemon]\nlisten = 5\n", "a = [" * 5000,
    "[[route]]\nname = \"\\ud800\"\n"],
    ids=["cut", "no key", "NUL", "empty route", "wrong type", "deep nesting", "lone surrogate"])
def test_what_is_no_configuration_is_no_crash(text, work):
    file = work / "gatewatch.toml"
    file.write_text(text, errors="surrogateescape")
    code, said = run_gatewatch("check", "--config", file)
    assert code == 2, said
    assert "gatewatch.toml" in said


def test_a_configuration_that_is_not_there_or_cannot_be_read(work):
    code, said = run_gatewatch("run", "--config", work / "none.toml")
    assert code == 2 and "none.toml" in said and "No such file" in said, said
    code, said = run_gatewatch("run", "--config", work)
    assert code == 2 and str(work) in said, said
    secret = work / "secret.toml"
    secret.write_text("[daemon]\n")
    secret.chmod(0)
    options = unprivileged()
    code, said = run_gatewatch("run", "--config", secret, **options)
    assert code == 2 and "secret.toml" in said and "ermission denied" in said, said


def test_a_secret_that_is_not_there(work):
    file = work / "gatewatch.toml"
    file.write_text('[[channel]]\nname = "a"\ntype = "slack"\nurl = { env = "NOT_SET_ANYWHERE" }\n')
    code, said = run_gatewatch("check", "--config", file)
    assert code == 2 and "NOT_SET_ANYWHERE" in said and "gatewatch.toml:4:" in said, said


def minimal(work, listen, data):
    file = work / "gatewatch.toml"
    file.write_text(f"""\
[daemon]
listen = "{listen}"
data = "{data}"

[[route]]
name = "shop"
url = "http://127.0.0.1:1/"
""")
    return file


def test_a_data_directory_that_is_missing(work):
    missing = work / "missing"
    code, said = run_gatewatch("run", "--config",
                               minimal(work, f"127.0.0.1:{free_port()}", missing))
    assert code == 1 and str(missing) in said, said


def test_a_data_directory_that_cannot_be_written(work):
    data = work / "data"
    data.mkdir()
    data.chmod(0o555)
    code, said = run_gatewatch("run", "--config", minimal(work, f"127.0.0.1:{free_port()}", data),
                               **unprivileged())
    assert code == 1 and str(data) in said, said


def test_a_database_that_is_not_ours(work):
    data = work / "data"
    data.mkdir()
    with contextlib.closing(sqlite3.connect(data / "gatewatch.db")) as other:
        other.execute("CREATE TABLE notes (text)")
    code, said = run_gatewatch("run", "--config", minimal(work, f"127.0.0.1:{free_port()}", data))
    assert code == 1 and "gatewatch.db" in said, said


def test_a_port_in_use(work):
    (work / "data").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        code, said = run_gatewatch("run", "--config", minimal(work, address, work / "data"))
    assert code == 1 and address in said and "in use" in said, said


def test_a_second_daemon_on_the_same_data(work, start_daemon):
    first = start_daemon('[[route]]\nname = "shop"\nurl = "http://127.0.0.1:1/"\n')
    code, said = run_gatewatch(
        "run", "--config", minimal(work, f"127.0.0.1:{free_port()}", first.data))
    assert code == 1 and str(first.data) in said, said


@pytest.mark.parametrize("arguments", [[], ["fly"], ["run", "--fly"], ["check", "--config"]])
def test_a_wrong_command_line(arguments):
    code, said = run_gatewatch(*arguments)
    assert code == 2 and said.strip(), said


def test_a_good_configuration_is_good(work, site):
    daemon = Daemon(work / "daemon", f'[[route]]\nname = "shop"\nurl = "{site.url}"\n')
    code, said = run_gatewatch("check", "--config", daemon.file)
    assert code == 0, said


@pytest.mark.skipif(resource.getrlimit(resource.RLIMIT_STACK)[1] != resource.RLIM_INFINITY,
                    reason="stacks are limited here")
def test_a_start_without_threads_is_an_error_that_names_one(work):
    file = work / "gatewatch.toml"
    file.write_text(f'[daemon]\nlisten = "127.0.0.1:0"\ndata = "{work}"\n')
    # The stack of each thread would be larger than the address space.
    code, said = run_gatewatch(
        "run", "--config", file,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK,
                                              (1 << 47, resource.RLIM_INFINITY)))
    assert code == 1, said
    assert "the thread reader cannot be started" in said and "terminate" not in said, said
