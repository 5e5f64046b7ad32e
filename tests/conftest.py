"""How tests are run here: the same examples each time, with no limit on the time of one, and open to Ctrl-C."""

import signal

from hypothesis import settings

settings.register_profile("certhook", deadline=None, derandomize=True, database=None)
settings.load_profile("certhook")

# A shell without job control starts what it leaves in the background deaf to Ctrl-C, and so all that this starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
