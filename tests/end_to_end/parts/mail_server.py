"""A mail server: Exim with STARTTLS, AUTH only under TLS, mail only from who logged in. What it
accepts lies in a maildir."""

import email
import email.policy
import os
import pwd
import shutil
from pathlib import Path

from .certificate import make_certificate
from .process import Process, accepts, free_port, unprivileged

CONFIGURATION = r"""
primary_hostname = mail.example.test
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
spool_directory = {directory}/spool
log_file_path = {directory}/log/%slog
pid_file_path = {directory}/exim.pid
exim_user = {user}
exim_group = {group}
deliver_drop_privilege = true
keep_environment =
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts = {tls_hosts}
tls_certificate = {certificate}
tls_privatekey = {key}
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
acl_smtp_rcpt = check_recipient
log_selector = +smtp_protocol_error +tls_cipher

begin acl
check_recipient:
  deny message = authentication required
       !authenticated = *
  accept

begin routers
everything:
  driver = accept
  transport = file

begin transports
file:
  driver = appendfile
  directory = {directory}/mail
  maildir_format

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{username}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{username}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
"""


class MailServer:
    username = "gatewatch"
    password = "CANARY-smtp-password"

    def __init__(self, directory, tls=True):
        self.directory = Path(directory)
        self.port = free_port()
        self.url = f"smtp://127.0.0.1:{self.port}"
        for name in ("spool", "log", "mail"):
            (self.directory / name).mkdir()
        self.certificate, key = make_certificate(self.directory)
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        configuration = self.directory / "exim.conf"
        configuration.write_text(CONFIGURATION.format(
            directory=self.directory, port=self.port, user=user.pw_uid, group=user.pw_gid,
            certificate=self.certificate, key=key, username=self.username, password=self.password,
            tls_hosts="*" if tls else ""))
        self.directory.chmod(0o755)
        if os.geteuid() == 0:
            # Exim trusts a configuration of its own user or root's, and reads the key as itself.
            for path in (self.directory / "spool", self.directory / "log",
                         self.directory / "mail", key):
                shutil.chown(path, user.pw_uid, user.pw_gid)
            shutil.chown(self.directory, user.pw_uid, user.pw_gid)
        self.process = Process(["/usr/sbin/exim4", "-C", configuration, "-bdf", "-odi"],
                               self.directory / "exim.out", **unprivileged())

    def start(self):
        self.process.start(lambda: accepts(self.port))
        return self

    def stop(self):
        self.process.stop()

    def log(self):
        return "".join(path.read_text() for path in sorted((self.directory / "log").iterdir()))

    def messages(self):
        """(arrival, message) of everything accepted, in the order of arrival."""
        arrived = []
        folder = self.directory / "mail" / "new"
        for path in folder.iterdir() if folder.exists() else []:
            with open(path, "rb") as file:
                message = email.message_from_binary_file(file, policy=email.policy.default)
            arrived.append((path.stat().st_mtime, message))
        return sorted(arrived, key=lambda pair: pair[0])
