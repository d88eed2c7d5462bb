"""What gunicorn serves: `gunicorn wsgi:app`, made once and then forked into workers."""

import gc

from xiangtong.app import create_app
from xiangtong.kernel import log

log.configure()
app = create_app()
# What lives as long as the process is not looked through again, so that workers go on sharing its pages.
gc.freeze()
