"""Running a WSGI app under gunicorn: one process, many threads, kept-alive connections."""

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, make: Callable[[], Any], options: dict[str, Any]) -> None:
        self._make = make
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._make()


def serve(make: Callable[[], Any], *, host: str, port: int, threads: int = 32) -> None:
    """Serve what `make` returns until the process is told to stop.

    The app is made in the worker, after the fork, so that no database handle crosses it.
    """
    options = {
        "bind": f"{host}:{port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": threads,
        "keepalive": 75,
        "timeout": 120,
        "graceful_timeout": 8,  # Longer than the five seconds that a connection on which nothing was asked lasts.
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Server(make, options).run()
