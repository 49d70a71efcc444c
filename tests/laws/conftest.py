"""How long the laws look for a counterexample; a campaign is ``FENGSHAO_LAWS=long pytest --timeout=0 tests/laws``."""

import os

from hypothesis import HealthCheck, settings

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("short", max_examples=100, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("long", max_examples=5_000, deadline=None, suppress_health_check=SLOW_IS_FINE)
settings.load_profile(os.environ.get("FENGSHAO_LAWS", "short"))
