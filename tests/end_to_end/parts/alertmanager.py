"""Prometheus' Alertmanager, with one receiver."""

import json
import urllib.request
from pathlib import Path

from .process import Process, accepts, free_port

CONFIGURATION = """\
route: {{receiver: hook, group_by: [alertname, incident], group_wait: 0s, group_interval: 1s}}
receivers:
  - name: hook
    webhook_configs: [{{url: "{url}"}}]
"""


class Alertmanager:
    def __init__(self, directory, receiver_url):
        directory = Path(directory)
        directory.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        configuration = directory / "alertmanager.yml"
        configuration.write_text(CONFIGURATION.format(url=receiver_url))
        self.process = Process(
            ["prometheus-alertmanager", f"--config.file={configuration}",
             f"--storage.path={directory / 'data'}", "--cluster.listen-address=",
             f"--web.listen-address=127.0.0.1:{self.port}"], directory / "alertmanager.out")

    def start(self):
        self.process.start(lambda: accepts(self.port), seconds=30)
        return self

    def stop(self):
        self.process.stop()

    def alerts(self):
        """Those that fire, as its API lists them."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=5) as answer:
            return json.load(answer)
