"""The console: staff sign in, see what to do, look after accounts; reference lists by Flask-AppBuilder."""
