"""What became of each row of an input: the numbers in the column of fates, stored with the readings."""

NEW = 0
LATE = 1
"""Not newer than the newest of that device and metric, or not a finite number: stored, counted, takes no part
(a late finite one may still raise a window sum, declare a fire, and shows that the device is alive)."""
DUPLICATE = 2
CLOCK = 3
"""A tick, a break or an end."""
