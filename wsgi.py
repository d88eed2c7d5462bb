"""What gunicorn serves: `gunicorn wsgi:app`, made once and then forked into workers."""

import gc

from xiangtong.app import create_app
from xiangtong.kernel import log
from xiangtong.kernel.hindrances import in_words

log.configure()
try:
    app = create_app()
except Exception as error:
    if not (lines := in_words(error)):
        raise
    raise SystemExit("\n".join(lines)) from None
# What lives as long as the process is not looked through again, so that workers go on sharing its pages; and a request
# makes thousands of short-lived objects, for which the usual 700 between two looks is little.
gc.freeze()
gc.set_threshold(20_000, 20, 50)
