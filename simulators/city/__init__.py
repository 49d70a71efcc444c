"""The simulated city: who and what stands where, drawn from one seed and the real townships.

    python -m simulators.city --out sites/shaoxing

writes villages, sites, devices, teams and officers beside ``townships.csv``. Places that the day's
episodes need are listed in :mod:`simulators.city.scenes`; kinds of place and sensor in ``kinds.py``.
"""
