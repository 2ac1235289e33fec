"""No secret shows anywhere but where it is meant to go: a canary in every place of the
configuration that takes one, and a search through everything that comes out."""

import re
import resource

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
notify = ["slack", "webhook", "email", "dead", "file"]

[[channel]]
name = "dead"
type = "webhook"
url = "http://127.0.0.1:1/CANARY-dead-url?key=CANARY-dead-query"
headers = {{ X-Token = "CANARY-channel-header" }}

[[channel]]
name = "file"
type = "slack"
url = {{ file = "{file}" }}
"""


def leaks(text):
    return sorted(set(CANARY.findall(text if isinstance(text, bytes) else text.encode())))


def test_canaries_stay_where_they_are(site, receiver, mail_server, channels, start_daemon, work):
    secret = work / "slack-url"
    secret.write_text(f"{receiver.url}/CANARY-slack-path\n")
    secret.chmod(0o600)
    channels = channels.replace(f"{receiver.url}/slack", f"{receiver.url}/CANARY-slack-token")
    text = CONFIGURATION.format(url=site.url, file=secret) + channels
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
