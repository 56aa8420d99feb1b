"""The wire between LiveKit SIP and LiveKit's server, on which the last words of a participant can be lost."""

import socket
from contextlib import suppress
from threading import Thread

PIECE = 65_536


class Line:
    """One connection: what `client` sends is passed on until `cut_off`, and that it has closed even then."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self._client = client
        self._server = server
        self.cut_off = False

    def start(self) -> None:
        Thread(target=self._pass_on, args=(self._client, self._server), daemon=True).start()
        Thread(target=self._pass_on, args=(self._server, self._client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if not (self.cut_off and source is self._client):
                    target.sendall(piece)
        for end in (self._client, self._server):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


class Signalling:
    """Between `start` and `stop` at `url`, for a server at `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._door.getsockname()[1]}"
        self._lines: list[Line] = []

    def start(self) -> None:
        Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._door.close()

    def cut_off(self) -> None:
        """The server hears no more of what the participants that are connected now say, but that they have left."""
        for line in self._lines:
            line.cut_off = True

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._port))
                except OSError:
                    client.close()
                    continue
                line = Line(client, server)
                self._lines.append(line)
                line.start()
