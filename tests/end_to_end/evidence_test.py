"""What a failing exchange showed is kept: found by SQL and by the API, without any secret."""

import base64
import hashlib
import json
import urllib.error
import urllib.request

import pytest

from parts.daemon import run_gatewatch
from parts.process import wait_until
from parts.site import Site

ROUTE = """
[[route]]
name = "shop"
url = "{url}"
interval = "1s"
timeout = "900ms"
headers = {{ Authorization = "Bearer CANARY-header", X-Api-Key = "CANARY-key" }}
"""

# nginx's own page of a 502, which shows too much: a cookie of its own, and what it was sent.
PAGE = """
    error_page 502 = @broken;
    location @broken {
      default_type text/html;
      add_header Set-Cookie "sid=CANARY-cookie; HttpOnly" always;
      add_header X-Request-Id 7d3f always;
      return 502 "<h1>502</h1> sid CANARY-cookie, from $http_authorization, key=$http_x_api_key
<input name='csrf_token' value='CANARY-token'>";
    }
"""


@pytest.fixture
def telling_site(work):
    made = Site(work / "site", PAGE).start()
    yield made
    made.stop()


def page_of(url):
    request = urllib.request.Request(
        url, headers={"Authorization": "Bearer CANARY-header", "X-Api-Key": "CANARY-key"})
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(request, timeout=5)
    return answer.value.read()


def test_a_502_leaves_its_evidence_and_no_secret(telling_site, start_daemon):
    telling_site.break_down()
    page = page_of(telling_site.url)
    assert page.count(b"CANARY") == 4
    daemon = start_daemon(ROUTE.format(url=telling_site.url))
    wait_until(lambda: len(daemon.query("SELECT 1 FROM evidence")) >= 2, 20,
               lambda: f"evidence; it said:\n{daemon.said()}")

    rows = daemon.query("SELECT route, region, outcome, status, remote, resolved, resolver, "
                        "request_ids, body_length, body_complete, body_sha256, body_hashed, head, "
                        "body, trace_id, wait_us, (SELECT response_head FROM results "
                        "WHERE results.trace_id = evidence.trace_id) "
                        "FROM evidence ORDER BY started_us")
    digest = hashlib.sha256(page).hexdigest()
    for row in rows:
        assert row[:4] == ("shop", "here", "status_mismatch", 502)
        assert row[4] == f"127.0.0.1:{telling_site.port}"
        assert row[5:7] == ("[]", "")  # an address was given, so that nobody was asked
        assert json.loads(row[7]) == [{"name": "X-Request-Id", "value": "7d3f"}]
        assert row[8:12] == (len(page), 1, digest, len(page))
        assert row[12].startswith("HTTP/1.1 502 Bad Gateway\r\nServer: nginx")
        assert "Set-Cookie: [redacted]\r\n" in row[12]
        assert row[13] == (b"<h1>502</h1> sid [redacted], from [redacted], key=[redacted]\n"
                           b"<input name='csrf_token' value='[redacted]'>")
        assert len(row[14]) == 32 and row[15] > 0
        assert row[16] == row[12]  # its result finds it

    shown = daemon.api("evidence?route=shop")["evidence"][0]
    assert shown["status"] == 502
    assert shown["evidence"]["body_sha256"] == digest
    assert shown["evidence"]["request_ids"] == [{"name": "X-Request-Id", "value": "7d3f"}]
    assert shown["evidence"]["body"].encode() == rows[0][13]

    # Of a storm the first and the last are kept.
    daemon.wait_for_results(5, where="status = 502")
    assert len(daemon.query("SELECT 1 FROM evidence")) == 2

    daemon.stop()
    for file in daemon.data.iterdir():
        assert b"CANARY" not in file.read_bytes(), file


def test_the_files_of_a_running_daemon_hold_no_secret(telling_site, start_daemon):
    telling_site.break_down()
    daemon = start_daemon(ROUTE.format(url=telling_site.url))
    daemon.wait_for_results(3, where="status = 502")
    daemon.kill()
    assert (daemon.data / "gatewatch.db-wal").stat().st_size > 0
    for file in daemon.data.iterdir():
        assert b"CANARY" not in file.read_bytes(), file


def test_a_probe_by_hand_shows_evidence(telling_site):
    telling_site.break_down()
    headers = ["--header", "Authorization: Bearer CANARY-header", "--header",
               "X-Api-Key: CANARY-key"]
    page = page_of(telling_site.url)
    code, text = run_gatewatch("probe", telling_site.url, *headers)
    assert code == 2
    assert f"body    {len(page)} bytes, sha256 {hashlib.sha256(page).hexdigest()}" in text
    assert "id      X-Request-Id 7d3f" in text
    assert "<h1>502</h1> sid [redacted]" in text
    assert "CANARY" not in text
    code, text = run_gatewatch("probe", "--json", telling_site.url, *headers)
    evidence = json.loads(text)["evidence"]
    assert evidence["body_complete"] and evidence["body_length"] == len(page)
    assert "CANARY" not in text
    assert evidence["body_base64"] is None or b"CANARY" not in base64.b64decode(
        evidence["body_base64"])
