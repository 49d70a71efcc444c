"""The command line ``fengshao``: every command, its options and their environment variables."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

import typer

from alerts.store import StoreError
from ingest.faults import SiteFaults
from pipeline import backups
from pipeline.cluster.commands import register
from pipeline.named_paths import any_path
from pipeline.options import (
    DEFAULT_DATA,
    DEFAULT_HTTP,
    ClockOption,
    DataOption,
    FeedArgument,
    FreshDataOption,
    HttpOption,
    MqttOption,
    RecordsOption,
    RulebookOption,
    SeedOption,
    SiteOption,
    new_file,
)
from pipeline.written import flush_output

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
rules_app = typer.Typer(no_args_is_help=True, help="Validate a rulebook and list its rules.")
app.add_typer(rules_app, name="rules")


def _say_version(asked: bool) -> None:
    if asked:
        typer.echo(f"fengshao {version('fengshao')}")
        raise typer.Exit


@app.callback()
def fengshao(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_say_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """枫哨 Fengshao: fire, gas and rain readings become alerts that somebody answers."""


@app.command()
def demo(
    seed: SeedOption = 7,
    speed: Annotated[str, typer.Option(help="Times as fast as life, or max.")] = "60",
    records: RecordsOption = 68_000,
    leave: Annotated[bool, typer.Option("--exit", help="No board: run the whole feed, then leave.")] = False,
    summary: Annotated[Path | None, new_file("Write what it came to as JSON (with --exit).")] = None,
    site: SiteOption = None,
    data: FreshDataOption = None,
    http: HttpOption = DEFAULT_HTTP,
) -> None:
    """Everything on the example site: broker, the 68,000-record feed replayed, the duty board."""
    from pipeline.demo import Demo, run_demo
    from pipeline.environment import check_environment

    check_environment()
    raise typer.Exit(run_demo(Demo(_site(site), seed, records, speed, leave, summary, data, http)))


@app.command()
def up(
    site: SiteOption = None,
    data: DataOption = DEFAULT_DATA,
    mqtt: MqttOption = "embedded",
    http: HttpOption = DEFAULT_HTTP,
    clock: ClockOption = "wall",
) -> None:
    """The embedded service on real sources: broker (or yours), road and duty board, supervised."""
    from pipeline.environment import check_environment
    from pipeline.up import run_up

    check_environment()
    raise typer.Exit(run_up(_site(site), data, mqtt, http, clock))


@app.command(hidden=True)
def road(
    mqtt: MqttOption,
    site: SiteOption = None,
    data: DataOption = DEFAULT_DATA,
    clock: ClockOption = "wall",
    until_end: Annotated[bool, typer.Option(help="Leave when a feed has ended.")] = False,
) -> None:
    """The road alone (started by up and demo)."""
    from pipeline.addresses import broker_url
    from pipeline.environment import check_environment
    from pipeline.run_road import run_road

    check_environment()
    broker_url(mqtt)
    raise typer.Exit(run_road(_site(site), data, mqtt, clock, until_end))


@app.command()
def feed(
    out: Annotated[Path, new_file("Where to write it; .gz compresses.")],
    records: RecordsOption = 68_000,
    seed: SeedOption = 7,
    truth: Annotated[Path | None, new_file("Where to write what is true in it.")] = None,
    site: SiteOption = None,
) -> None:
    """Write a simulated day as a feed file, and its truth."""
    from pipeline.site import load_site
    from simulators.feed import write_feed

    folder = load_site(_site(site)).folder
    try:
        totals = write_feed(folder, records, seed, out, truth)
    except ValueError as few:
        raise typer.BadParameter(f"--records: {few}") from None
    typer.echo(f"{out}: {totals['records']} records")


@app.command()
def replay(
    feed_file: FeedArgument,
    mqtt: MqttOption = "mqtt://127.0.0.1:1883",
    speed: Annotated[str, typer.Option(help="Times as fast as life, or max.")] = "1",
    as_live: Annotated[bool, typer.Option(help="Allow a broker that is not on this machine.")] = False,
) -> None:
    """Publish a feed to a broker in its own time."""
    from pipeline.replays import replay_feed

    raise typer.Exit(replay_feed(feed_file, mqtt, speed, as_live))


@app.command()
def backtest(
    feed_file: FeedArgument,
    rulebook: RulebookOption = None,
    events: Annotated[Path | None, new_file("Write the alert events as JSON Lines.")] = None,
    truth: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Score the events against a feed's truth.")
    ] = None,
    site: SiteOption = None,
) -> None:
    """The same engine over a recording, no network."""
    from pipeline.backtest import run_backtest
    from simulators.truth_file import TruthFault

    try:
        code = run_backtest(_site(site), feed_file, rulebook, events, truth)
    except TruthFault as wrong:
        raise typer.BadParameter(f"--truth: {wrong}") from None
    raise typer.Exit(code)


@app.command()
def export(
    kind: Annotated[str, typer.Argument(help="alerts, events, hazards, tickets, notices, readings, rejected.")],
    data: DataOption = DEFAULT_DATA,
    site: SiteOption = None,
    out: Annotated[Path | None, new_file("Default: standard output.")] = None,
    form: Annotated[Literal["jsonl", "csv", "feed"], typer.Option("--format", help="feed: readings only.")] = "jsonl",
    start: Annotated[str | None, typer.Option("--from", help="RFC 3339; what happened from then on.")] = None,
    stop: Annotated[str | None, typer.Option("--to", help="RFC 3339; what happened before then.")] = None,
) -> None:
    """What a running or stopped system holds, as JSON Lines or CSV."""
    from pipeline.exports import run_export

    raise typer.Exit(run_export(_site(site), data, kind, form, out, start, stop))


@rules_app.command("check")
def rules_check(
    rulebook: Annotated[Path | None, typer.Argument(callback=any_path, help="Default: the site's.")] = None,
    site: SiteOption = None,
) -> None:
    """Validate a rulebook against the site: every fault at once, with key, found and expected."""
    from pipeline.site import load_site

    book = load_site(_site(site), rulebook).rulebook
    typer.echo(f"version {book.version}: {len(book.rules)} rules, no faults")


@rules_app.command("list")
def rules_list(site: SiteOption = None) -> None:
    """The rules in force: id, kind, what they look at, levels and basis."""
    from pipeline.rule_list import rule_lines

    for line in rule_lines(_site(site)):
        typer.echo(line)


@app.command()
def doctor(site: SiteOption = None, data: DataOption = DEFAULT_DATA, mqtt: MqttOption = "embedded") -> None:
    """Is everything that the settings name reachable and right."""
    from pipeline.doctor import run_doctor

    raise typer.Exit(run_doctor(_site(site), data, mqtt))


def _site(site: Path | None) -> Path:
    from pipeline.site import example_site

    return site or example_site()


register(app, _site)
backups.register(app)


def main() -> None:
    """Run; what is wrong with settings, files, store or broker is said in a line each and leaves with 1."""
    try:
        try:
            app(prog_name="fengshao")
        finally:
            flush_output()
    except SiteFaults as wrong:
        for fault in wrong.faults:
            typer.echo(str(fault), err=True)
        sys.exit(1)
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.exit(1)
    except OSError as failed:
        named = f"{failed.filename}: found {failed.strerror}; expected a place that can be read and written"
        typer.echo(named if failed.filename else str(failed), err=True)
        sys.exit(1)
    except (StoreError, RuntimeError) as failed:
        typer.echo(str(failed), err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
