"""Python imports this when it starts, because the tests put its folder into PYTHONPATH."""

import frozen_clock

frozen_clock.install()
