"""The places where the day's episodes happen: they come first in their township, so their ids never move.

Each scene fixes its devices, one (type, place) per device, in the order of their ids: the first device of
``S330681005-0001`` is ``D330681005-00001``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scene:
    """``number`` is the site's number in its township. A scene with a heartbeat of its own names it."""

    key: str
    township: str
    number: int
    kind: str
    name: str
    key_unit: bool
    devices: tuple[tuple[str, str], ...]
    heartbeats: tuple[tuple[str, str], ...] = ()

    @property
    def site_id(self) -> str:
        """The site's id in ``sites.csv``."""
        return f"S{self.township}-{self.number:04d}"


SCENES: tuple[Scene, ...] = (
    Scene(
        "mill",
        "330681005",
        1,
        "textile",
        "大唐甲子织造厂",
        True,
        (
            ("smoke", "二号车间东侧"),
            ("smoke", "二号车间西侧"),
            ("smoke", "原料库"),
            ("smoke", "成品库"),
            ("heat", "烘干区"),
            ("heat", "配电间"),
            ("call_point", "二号车间安全出口"),
            ("water_flow", "二号车间配水管"),
            ("electric", "二号车间配电柜"),
            ("panel", "消防控制室"),
        ),
    ),
    Scene(
        "chlorine",
        "330604112",
        1,
        "chemical",
        "盖北甲子化工厂",
        True,
        (
            ("cl2", "液氯库东侧"),
            ("cl2", "液氯库西侧"),
            ("cl2", "吸收塔旁"),
            ("gas", "甲类车间"),
            ("h2s", "污水站"),
            ("panel", "消防控制室"),
            ("tank", "消防水池"),
        ),
    ),
    Scene(
        "restaurant",
        "330602001",
        1,
        "restaurant",
        "塔山甲子小餐馆",
        False,
        (("lpg", "厨房灶台旁"), ("lpg", "气瓶间"), ("smoke", "大堂"), ("oil_fume", "排烟管道")),
    ),
    Scene(
        "dust",
        "330624001",
        1,
        "polishing",
        "羽林甲子抛光厂",
        True,
        (
            ("dust_collector", "1号布袋除尘器"),
            ("dust_collector", "2号布袋除尘器"),
            ("smoke", "抛光车间"),
            ("electric", "车间配电柜"),
        ),
    ),
    Scene(
        "chemical_store",
        "330683002",
        1,
        "warehouse",
        "三江甲子危化品仓库",
        True,
        (
            ("gas", "溶剂间"),
            ("gas", "装卸区"),
            ("smoke", "溶剂间"),
            ("smoke", "值班室"),
            ("heat", "溶剂间"),
            ("call_point", "库区大门"),
            ("panel", "值班室"),
        ),
    ),
    Scene(
        "wiring",
        "330602002",
        1,
        "old_house",
        "府山甲子老宅群",
        False,
        (("electric", "总配电箱"), ("electric", "西厢配电箱"), ("smoke", "堂屋"), ("smoke", "西厢")),
    ),
    Scene(
        "hydrant",
        "330603001",
        1,
        "hydrant",
        "柯桥甲子路消火栓",
        False,
        (("hydrant", "路口东北角"), ("hydrant", "路口西南角"), ("hydrant", "桥头")),
        (("hydrant", "2h"),),
    ),
    Scene(
        "sprinkler",
        "330603001",
        2,
        "market",
        "柯桥甲子市场",
        True,
        (
            ("sprinkler", "末端试水装置"),
            ("tank", "屋顶消防水箱"),
            ("smoke", "一层走道"),
            ("smoke", "二层走道"),
            ("panel", "消防控制室"),
            ("water_flow", "二层配水管"),
        ),
    ),
    Scene(
        "kitchen",
        "330602006",
        1,
        "hotel",
        "稽山甲子宾馆",
        True,
        (
            ("smoke", "后厨走道"),
            ("smoke", "浴室外走道"),
            ("heat", "厨房"),
            ("panel", "消防控制室"),
            ("call_point", "大堂"),
        ),
    ),
)
