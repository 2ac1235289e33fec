"""A receiver of webhooks and Slack messages that remembers what came and when."""

import hashlib
import hmac
import http.server
import json
import threading
import time
from dataclasses import dataclass


@dataclass
class Delivery:
    arrived: float  # Unix time
    path: str
    headers: dict   # lower-case names
    body: bytes
    answered: int

    @property
    def json(self):
        return json.loads(self.body)


class Receiver:
    """`answers` maps a path to the status that it gets; 200 where it is not named. `delay`: seconds
    from a request to its answer."""

    def __init__(self, hmac_key="CANARY-hmac-key", host="127.0.0.1"):
        self.hmac_key = hmac_key
        self.answers = {}
        self.delay = 0
        self.deliveries = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status = receiver.answers.get(self.path, 200)
                receiver.deliveries.append(Delivery(
                    time.time(), self.path,
                    {name.lower(): value for name, value in self.headers.items()}, body, status))
                time.sleep(receiver.delay)
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://{host}:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def accepted(self, path):
        return [each for each in list(self.deliveries)
                if each.path == path and each.answered == 200]

    def is_signed(self, delivery):
        expected = hmac.new(self.hmac_key.encode(), delivery.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(delivery.headers.get("x-signature", ""), expected)
