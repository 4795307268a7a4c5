"""A line between a client and the warehouse that can be cut: before a message is passed on, or before its answer is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Line:
    """Listens on a port of this machine, and passes on to the warehouse's socket what comes, until it is cut."""

    def __init__(self, warehouse: Path) -> None:
        self._warehouse = str(warehouse)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._passing_on: list[threading.Thread] = []
        self._loses_answer = False
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Both sides see the end of the line; nothing more gets through."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def lose_answer(self) -> None:
        """From now on the line is cut in the moment the warehouse answers, and the answer is lost."""
        self._loses_answer = True

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._passing_on:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener is closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._warehouse)
                self._ends += client, server
                for ends in ((client, server, False), (server, client, True)):
                    self._passing_on.append(threading.Thread(target=self._pass_on, args=ends, daemon=True))
                    self._passing_on[-1].start()

    def _pass_on(self, sender: socket.socket, receiver: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):  # cut, or closed by one side
            while data := sender.recv(65536):
                if is_answer and self._loses_answer:
                    self.cut()
                    return
                receiver.sendall(data)
            receiver.shutdown(socket.SHUT_WR)


@contextmanager
def line_to(warehouse: Path) -> Iterator[Line]:
    line = Line(warehouse)
    try:
        yield line
    finally:
        line.close()
