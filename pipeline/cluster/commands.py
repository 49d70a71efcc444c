"""The cluster's roles and Grafana on the command line; their servers are named by the environment."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipeline.options import DEFAULT_DATA, DEFAULT_HTTP, ClockOption, DataOption, HttpOption, MqttOption, SiteOption

UntilEnd = Annotated[bool, typer.Option("--until-end", help="Leave when a feed has ended.")]
DemoState = Annotated[Path | None, typer.Option(hidden=True, help="The demonstration's state file.")]


def register(app: typer.Typer, site_folder: Callable[[Path | None], Path]) -> None:
    """Put the roles' commands into ``app``."""

    @app.command()
    def init(site: SiteOption = None, data: DataOption = DEFAULT_DATA) -> None:
        """What the environment names: topics, tables, bucket, boards; older tables brought forward. Repeatable."""
        from pipeline.cluster.init import run_init
        from pipeline.paths import STORE

        raise typer.Exit(run_init(os.environ, data / STORE, lambda: site_folder(site)))

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
        from pipeline.cluster.run_alerts import run_alerts
        from pipeline.database import database_of
        from pipeline.environment import check_environment
        from pipeline.site import load_site

        check_environment()
        broker_url(mqtt)
        place = load_site(site_folder(site))
        raise typer.Exit(run_alerts(place, data, mqtt, kafka_of(), database_of(os.environ), clock))

    @app.command()
    def board(
        site: SiteOption = None,
        data: DataOption = DEFAULT_DATA,
        http: HttpOption = DEFAULT_HTTP,
        demo_state: DemoState = None,
    ) -> None:
        """Cluster: the duty board on the database that FENGSHAO_DATABASE names. Without that: of --data, as in up."""
        from pipeline.cluster.kafka import BROKER as KAFKA
        from pipeline.database import DATABASE, database_of

        if os.environ.get(DATABASE) or os.environ.get(KAFKA):
            from pipeline.cluster.run_board import run_board

            raise typer.Exit(run_board(site_folder(site), data, http, database_of(os.environ)))
        from pipeline.run_board import run_board as run_embedded_board

        raise typer.Exit(run_embedded_board(site_folder(site), data, http, demo_state))

    @app.command()
    def sink(site: SiteOption = None, data: DataOption = DEFAULT_DATA) -> None:
        """Readings and events into InfluxDB: of the Kafka that FENGSHAO_KAFKA names, else of the store in --data."""
        from pipeline.cluster.kafka import BROKER, kafka_of
        from pipeline.servers import influx_sink
        from pipeline.site import load_site

        influx, place = influx_sink(), load_site(site_folder(site))
        if os.environ.get(BROKER):
            from pipeline.cluster.run_sink import run_sink

            raise typer.Exit(run_sink(place, kafka_of(), influx))
        from pipeline.run_stored_sink import run_stored_sink

        raise typer.Exit(run_stored_sink(place, data, influx))

    @app.command()
    def cluster(
        mqtt: MqttOption,
        site: SiteOption = None,
        data: DataOption = DEFAULT_DATA,
        http: HttpOption = DEFAULT_HTTP,
        clock: ClockOption = "wall",
        workers: Annotated[int, typer.Option(min=1, max=64, help="How many workers.")] = 1,
    ) -> None:
        """Cluster: all its roles on this machine, started again when they end."""
        from pipeline.cluster.run_cluster import run_cluster

        raise typer.Exit(run_cluster(site_folder(site), data, mqtt, http, clock, workers))

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
