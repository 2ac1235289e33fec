"""test-alert: a sample goes through every kind of channel to a receiver, and the command says what
became of it."""

import json

import pytest

from parts.daemon import run_gatewatch

CHANNELS = """
[[channel]]
name = "slack"
type = "slack"
url = "{url}/CANARY-slack"

[[channel]]
name = "hook"
type = "webhook"
url = "{url}/CANARY-hook"
hmac_key = "CANARY-hmac-key"

[[channel]]
name = "am-hook"
type = "webhook"
format = "alertmanager"
url = "{url}/CANARY-am-hook"

[[channel]]
name = "pagerduty"
type = "pagerduty"
url = "{url}/pagerduty"
routing_key = "CANARY-routing-key"

[[channel]]
name = "opsgenie"
type = "opsgenie"
url = "{url}/opsgenie"
api_key = "CANARY-api-key"

[[channel]]
name = "teams"
type = "teams"
url = "{url}/CANARY-teams"

[[channel]]
name = "discord"
type = "discord"
url = "{url}/CANARY-discord"

[[channel]]
name = "telegram"
type = "telegram"
url = "{url}/telegram"
bot_token = "123:CANARY-bot-token"
chat_id = -1001234567890

[[channel]]
name = "ntfy"
type = "ntfy"
url = "{url}/ntfy"
topic = "CANARY-topic"
token = "CANARY-token"

[[channel]]
name = "whatsapp"
type = "whatsapp"
url = "{url}/whatsapp"
token = "CANARY-whatsapp-token"
phone_number_id = "106"
to = "4930123456"
template = "gateway_alert"

[[channel]]
name = "alertmanager"
type = "alertmanager"
url = "{url}/alertmanager"
headers = {{ Authorization = "CANARY-authorization" }}

[[channel]]
name = "journal"
type = "log"
"""

PATHS = {
    "slack": "/CANARY-slack", "hook": "/CANARY-hook", "am-hook": "/CANARY-am-hook",
    "pagerduty": "/pagerduty/v2/enqueue", "opsgenie": "/opsgenie/v2/alerts",
    "teams": "/CANARY-teams", "discord": "/CANARY-discord",
    "telegram": "/telegram/bot123:CANARY-bot-token/sendMessage", "ntfy": "/ntfy",
    "whatsapp": "/whatsapp/106/messages", "alertmanager": "/alertmanager/api/v2/alerts",
}


@pytest.fixture
def config(work, receiver):
    file = work / "gatewatch.toml"
    file.write_text(CHANNELS.format(url=receiver.url))
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("channel", PATHS)
def test_an_opening_and_its_resolution_are_delivered(channel, config, receiver):
    code, said = run_gatewatch("test-alert", "--config", config, channel)
    assert code == 0, said
    assert "the opening was delivered" in said and "the resolution was delivered" in said, said
    assert "CANARY" not in said, said
    opening, resolution = receiver.deliveries
    assert opening.path == PATHS[channel] and resolution.path.startswith(PATHS[channel])
    assert opening.headers["content-type"] == "application/json"
    keys = [each.headers["idempotency-key"] for each in (opening, resolution)]
    assert keys[0].endswith("-1-" + channel) and keys[1].endswith("-2-" + channel)
    assert "nothing is wrong" in json.dumps(opening.json)


def test_a_service_that_keeps_incidents_is_left_with_none_open(config, receiver):
    run_gatewatch("test-alert", "--config", config, "pagerduty")
    run_gatewatch("test-alert", "--config", config, "opsgenie")
    trigger, resolve, create, close = receiver.deliveries
    assert (trigger.json["event_action"], resolve.json["event_action"]) == ("trigger", "resolve")
    assert trigger.json["dedup_key"] == resolve.json["dedup_key"]
    assert close.path == f"/opsgenie/v2/alerts/{create.json['alias']}/close?identifierType=alias"


def test_what_is_refused_is_said_without_the_secret(config, receiver):
    receiver.answers = {"/CANARY-slack": 404, "/ntfy": 503}
    code, said = run_gatewatch("test-alert", "--config", config, "slack")
    assert code == 1 and "refused" in said and "HTTP 404: ok" in said, said
    code, said = run_gatewatch("test-alert", "--config", config, "ntfy")
    assert code == 1 and "would try again" in said and "HTTP 503" in said, said
    assert "CANARY" not in said and len(receiver.deliveries) == 2, "no resolution follows"


def test_a_channel_that_is_not_there(config):
    code, said = run_gatewatch("test-alert", "--config", config, "slac")
    assert code == 2 and 'there is no channel "slac" (did you mean "slack"?)' in said, said


def test_the_log_channel_writes_its_line(config):
    code, said = run_gatewatch("test-alert", "--config", config, "journal")
    assert code == 0 and "notification kind=opened severity=info" in said, said


def test_no_channel_s_secret_is_printed(config):
    code, said = run_gatewatch("check", "--print", "--config", config)
    assert code == 0 and "channel telegram: telegram" in said and "CANARY" not in said, said
