"""What the three channels were told, in one form, so that tests can count it."""

from dataclasses import dataclass


@dataclass
class Alert:
    arrived: float
    state: str  # "firing" or "resolved"
    text: str
    source: object


def slack_alerts(receiver):
    alerts = []
    for delivery in receiver.accepted("/slack"):
        text = delivery.json["text"]
        state = "resolved" if "resolved" in text.lower() else "firing"
        alerts.append(Alert(delivery.arrived, state, text, delivery))
    return alerts


def webhook_alerts(receiver):
    return [Alert(each.arrived, each.json["state"], each.json["headline"], each)
            for each in receiver.accepted("/webhook")]


def mail_alerts(mail_server):
    alerts = []
    for arrived, message in mail_server.messages():
        state = "resolved" if "resolved" in message["Subject"].lower() else "firing"
        alerts.append(Alert(arrived, state, message["Subject"], message))
    return alerts


def alerts_by_channel(receiver, mail_server):
    return {"slack": slack_alerts(receiver), "webhook": webhook_alerts(receiver),
            "email": mail_alerts(mail_server)}


def states(alerts):
    return {channel: [alert.state for alert in found] for channel, found in alerts.items()}
