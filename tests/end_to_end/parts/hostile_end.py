"""How a connection of a hostile part ends, and what it sends until then."""

import socket
import struct
import threading


def play(client, sent=b"", repeated=b"", pause=0.0, end="close", stopping=None):
    """Sends `sent` (with a `pause`: byte by byte) and then `repeated` for ever; how much it was.
    "go on" leaves the connection open, "hang" until the other side or the test ends."""
    stopping = stopping or threading.Event()
    count = 0
    try:
        if pause:
            for byte in sent:
                client.sendall(bytes([byte]))
                count += 1
                if stopping.wait(pause):
                    break
        elif sent:
            client.sendall(sent)
            count += len(sent)
        while repeated and not stopping.is_set():
            client.sendall(repeated)
            count += len(repeated)
        if end == "hang":
            client.settimeout(0.2)
            while not stopping.is_set():
                try:
                    if not client.recv(65536):
                        break
                except TimeoutError:
                    pass
        elif end == "reset":
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass  # the other side had enough
    if end != "go on":
        client.close()
    return count


class Listener:
    """Gives every connection to `serve(client)` on a thread of its own."""

    def __init__(self, serve, address="127.0.0.1"):
        self.socket = socket.create_server((address, 0), backlog=128)
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.run, args=(client,), daemon=True).start()

    def run(self, client):
        try:
            client.settimeout(60)
            self.serve(client)
        except (OSError, ValueError):
            pass  # the other side went away, or spoke no sense
        finally:
            client.close()

    def stop(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
