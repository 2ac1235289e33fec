"""`gatewatch backup` copies the database of a daemon that goes on writing."""

import sqlite3

from parts.configuration import ONE_ROUTE
from parts.daemon import run_gatewatch

BUSY = """
[[route]]
name = "busy"
url = "{url}"
interval = "1s"
"""


def rows(path, sql):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_backup_of_a_daemon_at_work_is_sound_and_starts_another(site, work, make_daemon):
    daemon = make_daemon(ONE_ROUTE.format(url=site.url) + BUSY.format(url=site.url)).start()
    daemon.wait_for_results(5)
    copy = work / "copy.db"
    code, said = run_gatewatch("backup", "--config", daemon.file, copy)
    assert code == 0 and "sound" in said, said
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert rows(copy, "SELECT count(*) >= 5 FROM results") == [(1,)]
    before = daemon.query("SELECT count(*) FROM results")[0][0]
    daemon.wait_for_results(before + 2)

    code, said = run_gatewatch("backup", "--config", daemon.file, copy)
    assert code == 1 and "exists already" in said, said
    assert run_gatewatch("backup", "--force", "--config", daemon.file, copy)[0] == 0
    code, said = run_gatewatch("backup", "--force", "--config", daemon.file,
                               daemon.data / "gatewatch.db")
    assert code == 1 and "the database itself" in said, said
    assert run_gatewatch("backup")[0] == 2
    assert run_gatewatch("backup", "--config", "/nowhere.toml", work / "b.db")[0] == 2

    other = make_daemon(ONE_ROUTE.format(url=site.url))
    code, said = run_gatewatch("backup", "--database", daemon.data / "gatewatch.db",
                               other.data / "gatewatch.db")
    assert code == 0, said
    kept = rows(other.data / "gatewatch.db", "SELECT count(*) FROM results")[0][0]
    other.start()
    other.wait_for_results(kept + 1)
    assert other.stop() == 0 and daemon.stop() == 0
