"""The cluster's roles and Grafana on the command line; their servers are named by the environment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipeline.options import DEFAULT_DATA, ClockOption, DataOption, MqttOption, SiteOption

UntilEnd = Annotated[bool, typer.Option("--until-end", help="Leave when a feed has ended.")]


def register(app: typer.Typer, site_folder: Callable[[Path | None], Path]) -> None:
    """Put the roles' commands into ``app``."""

    @app.command()
    def init(data: DataOption = DEFAULT_DATA) -> None:
        """Topics in Kafka where it is named; an older store's tables brought forward. May be run again."""
        from pipeline.cluster.init import run_init
        from pipeline.paths import STORE

        raise typer.Exit(run_init(os.environ, data / STORE))

    @app.command()
    def ingest(
        mqtt: MqttOption, site: SiteOption = None, clock: ClockOption = "wall", until_end: UntilEnd = False
    ) -> None:
        """Cluster: MQTT to Kafka. A second one stands by."""
        from pipeline.addresses import broker_url
        from pipeline.cluster.kafka import kafka_of
        from pipeline.cluster.run_ingest import run_ingest
        from pipeline.site import load_site

        broker_url(mqtt)
        raise typer.Exit(run_ingest(load_site(site_folder(site)), mqtt, kafka_of(), clock, until_end))

    @app.command()
    def worker(site: SiteOption = None) -> None:
        """Cluster: judges the shards that Kafka gives it. Start as many as there are cores to spare."""
        from pipeline.cluster.kafka import kafka_of
        from pipeline.cluster.worker import run_worker
        from pipeline.site import load_site

        run_worker(load_site(site_folder(site)), kafka_of())

    @app.command()
    def alerts(
        mqtt: MqttOption, site: SiteOption = None, data: DataOption = DEFAULT_DATA, clock: ClockOption = "wall"
    ) -> None:
        """Cluster: what workers tell becomes alerts, hazards and notices in PostgreSQL. A second one stands by."""
        from pipeline.addresses import broker_url
        from pipeline.cluster.kafka import kafka_of
        from pipeline.cluster.run_alerts import database_of, run_alerts
        from pipeline.environment import check_environment
        from pipeline.site import load_site

        check_environment()
        broker_url(mqtt)
        place = load_site(site_folder(site))
        raise typer.Exit(run_alerts(place, data, mqtt, kafka_of(), database_of(os.environ), clock))

    grafana_app = typer.Typer(no_args_is_help=True, help="The boards in Grafana.")
    app.add_typer(grafana_app, name="grafana")

    @grafana_app.command("apply")
    def grafana_apply(site: SiteOption = None) -> None:
        """Puts folder, data source and boards into a running Grafana; again only what differs."""
        from pipeline.grafana_apply import run_grafana_apply

        raise typer.Exit(run_grafana_apply(site_folder(site)))

    @grafana_app.command("files")
    def grafana_files(out: Annotated[Path, typer.Argument(metavar="OUT")], site: SiteOption = None) -> None:
        """Writes boards, data source and map as the files that a starting Grafana reads."""
        from pipeline.grafana_apply import run_grafana_files

        raise typer.Exit(run_grafana_files(site_folder(site), out))
