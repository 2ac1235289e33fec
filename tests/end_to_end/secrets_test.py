"""No secret shows anywhere but where it is meant to go: a canary in every place of the
configuration that takes one, and a search through everything that comes out."""

import http.server
import re
import resource
import threading

import pytest

from parts.alerts import alerts_by_channel
from parts.daemon import run_gatewatch
from parts.process import wait_until

CANARY = re.compile(rb"CANARY-[a-z-]+")

CONFIGURATION = """
[[route]]
name = "shop"
url = "{url}"
interval = "500ms"
timeout = "500ms"
headers = {{ Authorization = "Bearer CANARY-route-header", Cookie = {{ env = "COOKIE" }} }}

[[route]]
name = "proxied"
url = "{url}"
interval = "500ms"
timeout = "500ms"
proxy = "http://user:CANARY-proxy-password@127.0.0.1:1"

[[rule]]
name = "bad-gateway"
match = ["failing"]
notify = ["slack", "webhook", "email", "dead", "file", "pagerduty", "opsgenie", "telegram", "ntfy",
          "whatsapp", "alertmanager"]

[[channel]]
name = "dead"
type = "webhook"
url = "http://127.0.0.1:1/CANARY-dead-url?key=CANARY-dead-query"
headers = {{ X-Token = "CANARY-channel-header" }}

[[channel]]
name = "file"
type = "slack"
url = {{ file = "{file}" }}

[[channel]]
name = "pagerduty"
type = "pagerduty"
url = "{refusing}"
routing_key = "CANARY-routing-key"

[[channel]]
name = "opsgenie"
type = "opsgenie"
url = "{refusing}"
api_key = "CANARY-api-key"

[[channel]]
name = "telegram"
type = "telegram"
url = "{refusing}"
bot_token = "123:CANARY-bot-token"
chat_id = 1

[[channel]]
name = "ntfy"
type = "ntfy"
url = "{refusing}"
topic = "CANARY-topic"
token = "CANARY-ntfy-token"

[[channel]]
name = "whatsapp"
type = "whatsapp"
url = "{refusing}"
token = "CANARY-whatsapp-token"
phone_number_id = "1"
to = "2"
template = "alert"

[[channel]]
name = "alertmanager"
type = "alertmanager"
url = "{refusing}"
headers = {{ Authorization = "CANARY-authorization" }}
"""


class Echo(http.server.BaseHTTPRequestHandler):
    """A receiver that refuses, and repeats what it was sent."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = b" ".join([*CANARY.findall(body), self.path.encode(), bytes(self.headers)])
        self.send_response(403)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def refusing():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def leaks(text):
    return sorted(set(CANARY.findall(text if isinstance(text, bytes) else text.encode())))


def test_canaries_stay_where_they_are(site, receiver, refusing, mail_server, channels, start_daemon,
                                      work):
    secret = work / "slack-url"
    secret.write_text(f"{receiver.url}/CANARY-slack-path\n")
    secret.chmod(0o600)
    channels = channels.replace(f"{receiver.url}/slack", f"{receiver.url}/CANARY-slack-token")
    text = CONFIGURATION.format(url=site.url, file=secret, refusing=refusing) + channels
    environment = {"COOKIE": "session=CANARY-cookie"}
    daemon = start_daemon(text, environment=environment)
    daemon.wait_for_results(2, where="route = 'proxied'")
    site.break_down()
    wait_until(lambda: receiver.accepted("/webhook") and mail_server.messages() and
               receiver.accepted("/CANARY-slack-path"), 40,
               lambda: f"alerts; it said:\n{daemon.said()}")
    wait_until(lambda: daemon.query(
        "SELECT count(*) FROM deliveries WHERE channel = 'dead' AND attempts > 0")[0][0], 20,
               "an attempt on the dead channel")
    wait_until(lambda: daemon.query("""SELECT count(*) FROM deliveries WHERE state = 'failed'
        AND last_error LIKE 'HTTP 403: %'""") == [(6,)], 20,
               lambda: f"six refusals; {daemon.query('SELECT channel, last_error FROM deliveries')}")

    outputs = {
        "log": daemon.said(),
        "metrics": daemon.metrics(),
        "cmdline": open(f"/proc/{daemon.process.pid}/cmdline", "rb").read(),
    }
    for path in ("routes", "results", "incidents"):
        outputs["/api/v1/" + path] = daemon.get("/api/v1/" + path)[2]
    for file in daemon.data.iterdir():
        outputs[file.name] = file.read_bytes()
    code, outputs["check"] = run_gatewatch("check", "--config", daemon.file,
                                           env={"COOKIE": environment["COOKIE"]})
    assert code == 0, outputs["check"]
    outputs["check --print"] = run_gatewatch("check", "--print", "--config", daemon.file,
                                             env={"COOKIE": environment["COOKIE"]})[1]
    for alert in receiver.accepted("/webhook"):
        outputs["webhook"] = alert.body
    for _, message in mail_server.messages():
        outputs["mail"] = message.as_bytes()
    assert {name: leaks(output) for name, output in outputs.items() if leaks(output)} == {}

    # A configuration with mistakes, and its refusal at a reload, quote no secret either.
    daemon.configure(text.replace('interval = "500ms"', 'interval = "500"'))
    daemon.reload()
    wait_until(lambda: daemon.metric("gatewatch_config_last_reload_successful") == 0, 10,
               "the reload is refused")
    assert leaks(run_gatewatch("check", "--config", daemon.file)[1]) == []
    assert daemon.terminate()[0] == 0
    assert leaks(daemon.said()) == []
    assert alerts_by_channel(receiver, mail_server)["webhook"]


def test_credentials_of_systemd(site, receiver, start_daemon, work):
    directory = work / "credentials"
    directory.mkdir()
    (directory / "hook").write_text(f"{receiver.url}/webhook")
    daemon = start_daemon(f"""
[[route]]
name = "shop"
url = "{site.url}"
interval = "500ms"
timeout = "500ms"

[[channel]]
name = "hook"
type = "webhook"
url = {{ credential = "hook" }}
""", environment={"CREDENTIALS_DIRECTORY": str(directory)})
    daemon.wait_for_results(3)
    site.break_down()
    wait_until(lambda: receiver.accepted("/webhook"), 30,
               lambda: f"an alert; it said:\n{daemon.said()}")


def allow_cores():
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def test_no_core_is_dumped(site, start_daemon):
    daemon = start_daemon(f'[[route]]\nname = "shop"\nurl = "{site.url}"\n',
                          preexec_fn=allow_cores)
    limits = open(f"/proc/{daemon.process.pid}/limits").read()
    dumpable = re.search(r"^Max core file size +(\d+|unlimited)", limits, re.M)[1]
    assert dumpable == "0", "a core would hold every secret"
