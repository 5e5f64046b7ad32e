"""How property tests are run here: the same examples each time, and no limit on the time of one."""

from hypothesis import settings

settings.register_profile("certhook", deadline=None, derandomize=True, database=None)
settings.load_profile("certhook")
