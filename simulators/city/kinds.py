"""What stands in the city: the kinds of sensor with their heartbeats, the kinds of place with their sensors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sensor:
    """``wired``: heartbeat behind a gateway or on mains. ``battery``: heartbeat where it lives on a cell."""

    zh: str
    wired: str
    battery: str
    places: tuple[str, ...]


SENSORS: dict[str, Sensor] = {
    "smoke": Sensor("感烟探测器", "2h", "12h", ("一层走道", "二层走道", "东侧", "西侧", "楼梯间", "库房")),
    "heat": Sensor("感温探测器", "2h", "12h", ("锅炉间", "配电间", "烘干区", "厨房")),
    "call_point": Sensor("手动报警按钮", "4h", "12h", ("主出入口", "安全出口", "楼梯口")),
    "water_flow": Sensor("水流指示器", "2h", "12h", ("湿式报警阀间", "二层配水管", "三层配水管")),
    "panel": Sensor("火灾报警控制器", "2h", "12h", ("消防控制室",)),
    "electric": Sensor("电气火灾监控探测器", "2h", "12h", ("总配电箱", "车间配电柜", "楼层配电箱")),
    "hydrant": Sensor("消火栓压力终端", "2h", "12h", ("路口东北角", "大门旁", "人行道旁")),
    "sprinkler": Sensor("喷淋末端压力", "2h", "12h", ("末端试水装置", "报警阀间")),
    "tank": Sensor("水箱液位计", "2h", "12h", ("屋顶消防水箱", "地下消防水池")),
    "gas": Sensor("可燃气体探测器", "2h", "12h", ("车间", "罐区", "阀组间", "泵房")),
    "lpg": Sensor("液化气探测器", "4h", "12h", ("厨房灶台旁", "气瓶间")),
    "co": Sensor("一氧化碳探测器", "4h", "12h", ("厨房", "锅炉间", "取暖间")),
    "h2s": Sensor("硫化氢探测器", "1h", "6h", ("格栅井", "污泥池", "调节池")),
    "nh3": Sensor("氨气探测器", "1h", "6h", ("制冷机房", "氨泵间", "贮氨器旁")),
    "cl2": Sensor("氯气探测器", "1h", "6h", ("加氯间", "液氯库", "吸收塔旁")),
    "oxygen": Sensor("氧浓度探测器", "1h", "6h", ("氧气汇流间", "有限空间入口", "发酵间")),
    "dust_collector": Sensor("除尘器压差", "1h", "6h", ("1号布袋除尘器", "2号布袋除尘器")),
    "oil_fume": Sensor("油烟监测仪", "2h", "12h", ("排烟管道", "净化器后")),
    "rain_gauge": Sensor("雨量计", "1h", "1h", ("观测场",)),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of place: ``fits`` are (type, least, most), ``weight`` says how common it is.

    ``link``: gateway (one of its own), lora (the township's) or nb (each device by itself, on a cell).
    A key kind is three times as common in ``home`` districts.
    """

    name: str
    zh: str
    weight: int
    link: str
    fits: tuple[tuple[str, int, int], ...]
    home: tuple[str, ...] = ()


KEY_KINDS: tuple[Kind, ...] = (
    Kind(
        "textile", "织造厂", 13, "gateway", (("smoke", 1, 2), ("heat", 0, 1), ("electric", 1, 1)), ("330603", "330681")
    ),
    Kind(
        "machinery",
        "机械厂",
        12,
        "gateway",
        (("smoke", 1, 1), ("electric", 1, 1), ("sprinkler", 0, 1)),
        ("330624", "330681"),
    ),
    Kind(
        "chemical", "化工厂", 4, "gateway", (("gas", 1, 2), ("panel", 1, 1), ("h2s", 0, 1), ("tank", 0, 1)), ("330604",)
    ),
    Kind(
        "woodwork", "木器厂", 4, "gateway", (("dust_collector", 1, 1), ("smoke", 1, 1), ("electric", 0, 1)), ("330683",)
    ),
    Kind("polishing", "抛光厂", 3, "gateway", (("dust_collector", 1, 2), ("electric", 1, 1)), ("330624", "330683")),
    Kind("brewery", "酒厂", 4, "gateway", (("smoke", 1, 1), ("gas", 1, 1), ("oxygen", 0, 1)), ("330602", "330603")),
    Kind("cold_store", "冷库", 2, "gateway", (("nh3", 1, 2), ("electric", 1, 1))),
    Kind(
        "market",
        "市场",
        10,
        "gateway",
        (("smoke", 1, 2), ("electric", 1, 1), ("panel", 0, 1), ("sprinkler", 0, 1)),
        ("330603",),
    ),
    Kind(
        "hotel",
        "宾馆",
        9,
        "gateway",
        (("smoke", 1, 2), ("panel", 0, 1), ("water_flow", 0, 1), ("tank", 0, 1)),
        ("330602",),
    ),
    Kind("school", "学校", 11, "nb", (("smoke", 1, 2), ("electric", 0, 1), ("call_point", 0, 1))),
    Kind("hospital", "医院", 5, "gateway", (("smoke", 1, 2), ("panel", 1, 1), ("oxygen", 0, 1), ("call_point", 0, 1))),
    Kind("care_home", "养老院", 7, "nb", (("smoke", 2, 3), ("call_point", 0, 1))),
    Kind(
        "tower",
        "大厦",
        8,
        "gateway",
        (("panel", 1, 1), ("water_flow", 0, 1), ("sprinkler", 0, 1), ("tank", 0, 1)),
        ("330602",),
    ),
    Kind("warehouse", "仓库", 7, "gateway", (("smoke", 1, 2), ("electric", 1, 1), ("sprinkler", 0, 1))),
    Kind("lpg_station", "燃气站", 2, "gateway", (("lpg", 1, 2), ("gas", 1, 1), ("call_point", 0, 1))),
    Kind("venue", "影剧院", 4, "gateway", (("smoke", 1, 2), ("electric", 0, 1), ("panel", 0, 1))),
    Kind("heritage", "古建筑", 3, "nb", (("smoke", 2, 3), ("electric", 1, 1)), ("330602",)),
)

SMALL_KINDS: tuple[Kind, ...] = (
    Kind("restaurant", "小餐馆", 220, "nb", (("lpg", 1, 1), ("smoke", 0, 1), ("oil_fume", 0, 1))),
    Kind("home", "独居户", 130, "nb", (("smoke", 1, 1), ("co", 0, 1))),
    Kind("shop", "沿街店", 100, "nb", (("smoke", 1, 1), ("electric", 0, 1))),
    Kind("old_house", "老宅", 50, "nb", (("electric", 1, 1), ("smoke", 1, 1))),
    Kind("hydrant", "消火栓", 260, "lora", (("hydrant", 1, 1),)),
    Kind("pool", "消防水池", 50, "lora", (("tank", 1, 1),)),
    Kind("pump_station", "污水泵站", 30, "nb", (("h2s", 1, 1), ("gas", 0, 1))),
)

GAUGE = Kind("rain_station", "雨量站", 0, "nb", (("rain_gauge", 1, 1),))
GAUGES_BY_DISTRICT = {"330683": 3, "330624": 3}
"""Rain gauges per township; one where the district is not named."""

KINDS: dict[str, Kind] = {kind.name: kind for kind in (*KEY_KINDS, *SMALL_KINDS, GAUGE)}
