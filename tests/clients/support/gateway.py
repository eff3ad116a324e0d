"""A port that passes connections on to a server, and stops at a moment that a test names."""

import socket
import threading


class Gateway:
    """Listens within its `with` block. `moments` are awaited in their order: a text that a client sends, `connect`, or bytes that it sends alone.

    The last one is the moment. `before` it, the gateway stops without having passed the client's bytes on. `after` it, it stops with the server's
    answer in hand. It goes on when `going` is set.
    """

    def __init__(self, port, moments=(), when="before"):
        self.to, self.moments, self.when = port, list(moments), when
        self.reached, self.going = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        self.going.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(60)
        self._listener.close()

    def _is_moment(self, what):
        """Whether this is the last of the awaited moments. An earlier one is taken off the list."""
        with self._lock:
            if self.moments:
                first = self.moments[0]
                if first == what if isinstance(first, bytes) else first.encode() in what:
                    self.moments.pop(0)
                    return not self.moments
        return False

    def _stop(self):
        self.reached.set()
        self.going.wait(60)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._serve, args=(client,)))
            self._threads[-1].start()

    def _serve(self, client):
        with client:
            if self._is_moment(b"connect"):
                self._stop()
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                return
            with server:
                self._join(client, server)

    def _join(self, client, server):
        answer_stops = threading.Event()

        def sent(data):
            if self._is_moment(data):
                answer_stops.set() if self.when == "after" else self._stop()

        def answered(_):
            if answer_stops.is_set():
                answer_stops.clear()
                self._stop()

        back = threading.Thread(target=_pass, args=(server, client, answered))
        back.start()
        _pass(client, server, sent)
        back.join()


def _pass(source, sink, seen):
    try:
        while data := source.recv(65536):
            seen(data)
            sink.sendall(data)
    except OSError:
        pass
    for side in (source, sink):
        try:
            side.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
