"""The options that several commands share, with their environment variables."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pipeline import named_paths

SiteOption = Annotated[
    Path | None,
    typer.Option(
        "--site",
        envvar="FENGSHAO_SITE",
        callback=named_paths.any_path,
        help="The folder of the site files; default the example.",
    ),
]
DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="FENGSHAO_DATA",
        callback=named_paths.folder,
        help="Where the embedded mode keeps its state.",
    ),
]
MqttOption = Annotated[
    str, typer.Option("--mqtt", envvar="FENGSHAO_MQTT", help="The broker: embedded, or mqtt[s]://host:port.")
]
HttpOption = Annotated[
    str,
    typer.Option(
        "--http",
        envvar="FENGSHAO_HTTP",
        help="The board's address: 127.0.0.1:PORT, with `board` of a cluster also unix:/PATH.",
    ),
]
FreshDataOption = Annotated[
    Path | None,
    typer.Option("--data", envvar="FENGSHAO_DATA", callback=named_paths.folder, help="Default: a new folder."),
]
ClockOption = Annotated[
    Literal["wall", "feed"], typer.Option("--clock", envvar="FENGSHAO_CLOCK", help="The wall's time, or a feed's own.")
]
RecordsOption = Annotated[int, typer.Option("--records", min=1, max=1_000_000, help="How many messages the day has.")]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, max=2**63 - 1, help="The day by its number: the same seed, the same bytes.")
]
FeedArgument = Annotated[Path, typer.Argument(metavar="FEED")]
RulebookOption = Annotated[
    Path | None, typer.Option(callback=named_paths.any_path, help="Another rulebook than the site's.")
]
DEFAULT_DATA = Path("fengshao-data")
DEFAULT_HTTP = "127.0.0.1:8080"


def new_file(told: str) -> Any:
    """The option for a file that is written; ``told`` is its help."""
    return typer.Option(callback=named_paths.new_file, help=told)
