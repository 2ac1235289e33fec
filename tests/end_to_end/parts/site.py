"""A site: nginx in front of an upstream that can be killed and restored."""

import os
import sys
from pathlib import Path

from .process import Process, accepts, free_port

CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{}}
http {{
  access_log {directory}/access.log;
  client_body_temp_path {directory}/body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{upstream_port};
      proxy_connect_timeout 1s;
    }}
    {more}
  }}
}}
"""


class Site:
    def __init__(self, directory, more=""):
        """`more`: of nginx's configuration, within the server."""
        directory = Path(directory)
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.upstream_port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        configuration = directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            user="user root;" if os.geteuid() == 0 else "", directory=directory, port=self.port,
            upstream_port=self.upstream_port, more=more))
        self.gateway = Process(["/usr/sbin/nginx", "-e", directory / "error.log", "-p", directory,
                                "-c", configuration], directory / "nginx.out")
        self.upstream = Process(
            [sys.executable, Path(__file__).with_name("upstream.py"), self.upstream_port],
            directory / "upstream.out")
        self.access_log = directory / "access.log"

    def start(self):
        self.restore()
        self.gateway.start(lambda: accepts(self.port))
        return self

    def break_down(self):
        """From now on the gateway answers 502: nobody listens behind it."""
        self.upstream.kill()

    def restore(self):
        self.upstream.start(lambda: accepts(self.upstream_port))

    def stop(self):
        self.gateway.stop()
        self.upstream.stop()
