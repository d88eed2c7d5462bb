"""What gunicorn serves: `gunicorn wsgi:app`."""

from xiangtong.app import create_app
from xiangtong.kernel import log

log.configure()
app = create_app()
