"""Invented names: plainly made up, the same from the same chance."""

from simulators.feed.chance import Chance

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
CYCLE = tuple(STEMS[number % 10] + BRANCHES[number % 12] for number in range(60))
"""The sixty pairs of the old calendar: no real unit is called so, and each is used once per township and trade."""

SURNAMES = "陈王张徐沈周俞章金孙赵吴钱傅楼何许郑马宋"
GIVEN = "志明建国丽娟永强秀英海波文君晓东春华伟民雪梅立新国平"
VILLAGE_FIRST = "东西南北上下前后大小新古"
VILLAGE_SECOND = "溪塘坞湖桥岭墩堰畈埠浦湾庄岙坑泉"


def person(chance: Chance) -> str:
    """A name that begins with 演示."""
    first = chance.whole(0, len(GIVEN) // 2 - 1) * 2
    return f"演示 {chance.pick(SURNAMES)}{GIVEN[first : first + 2]}"


def phone(number: int) -> str:
    """A number that no telephone has."""
    return f"000-{number // 10_000:04d}-{number % 10_000:04d}"


def villages(chance: Chance, count: int) -> list[str]:
    """``count`` different names."""
    return chance.shuffled([first + second for first in VILLAGE_FIRST for second in VILLAGE_SECOND])[:count]


def short(township: str) -> str:
    """大唐街道 → 大唐."""
    for ending in ("街道", "镇", "乡"):
        if township.endswith(ending) and len(township) > len(ending) + 1:
            return township.removesuffix(ending)
    return township
