"""How the web process runs: threads, keep-alive, no access log (addresses hold case numbers)."""

import os

from gunicorn.workers.gthread import ThreadWorker


class _Worker(ThreadWorker):  # type: ignore[misc]
    """Threads, which end soon: connections on which nothing was asked yet are waited for as briefly as kept ones.

    Browsers open such connections ahead; a worker that stops would wait for all of them as long as it may, and whoever
    comes meanwhile would wait with it.
    """

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)


bind = f"127.0.0.1:{os.environ.get('XIANGTONG_PORT', '8080')}"
worker_class = _Worker
# Imported once and forked: a worker is there at once, also after one died, and shares what is only read.
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
keepalive = 30
timeout = 60
graceful_timeout = 20
max_requests = 20000
max_requests_jitter = 2000
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
