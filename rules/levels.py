"""The four alert levels, lowest first, and none; the number is the order."""

NONE = 0
BLUE = 1
YELLOW = 2
ORANGE = 3
RED = 4

LEVELS: tuple[str, ...] = ("none", "blue", "yellow", "orange", "red")
LEVEL_NUMBER: dict[str, int] = {name: number for number, name in enumerate(LEVELS)}
