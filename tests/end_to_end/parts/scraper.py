"""Prometheus, scraping one target every second."""

import json
import urllib.parse
import urllib.request
from pathlib import Path

from .process import Process, accepts, free_port

CONFIGURATION = """\
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: gatewatch
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
"""


class Scraper:
    def __init__(self, directory, target_port):
        directory = Path(directory)
        directory.mkdir()
        self.port = free_port()
        configuration = directory / "prometheus.yml"
        configuration.write_text(CONFIGURATION.format(target=target_port))
        self.process = Process(
            ["prometheus", f"--config.file={configuration}",
             f"--storage.tsdb.path={directory / 'series'}",
             f"--web.listen-address=127.0.0.1:{self.port}"], directory / "prometheus.out")

    def start(self):
        self.process.start(lambda: accepts(self.port), seconds=30)
        return self

    def stop(self):
        self.process.stop()

    def query(self, expression):
        """[(labels, value)] of an instant vector."""
        query = urllib.parse.urlencode({"query": expression})
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{query}"
        with urllib.request.urlopen(url, timeout=5) as answer:
            result = json.load(answer)["data"]["result"]
        return [(each["metric"], float(each["value"][1])) for each in result]
