"""How the web process runs: threads, keep-alive, no access log (addresses hold case numbers)."""

import os

bind = f"127.0.0.1:{os.environ.get('XIANGTONG_PORT', '8080')}"
worker_class = "gthread"
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
