"""The sink role as a program: readings and events from Kafka into InfluxDB, until told to stop."""

import os
import time

from dashboards.influx import InfluxSink
from pipeline.asked_to_leave import AskedToLeave
from pipeline.cluster.kafka import Kafka
from pipeline.cluster.sink import Sink
from pipeline.cluster.topics import TOPICS, wait_for_topics
from pipeline.metrics import serve_metrics
from pipeline.orphan import leave_with_supervisor
from pipeline.patient_sink import PatientSink
from pipeline.site import Site

LOOK_SECONDS = 0.2
LEAVE_SECONDS = 3.0


def run_sink(site: Site, kafka: Kafka, influx: InfluxSink) -> int:
    """Until a signal; 1 where it cannot go on."""
    leaving = AskedToLeave()
    leave_with_supervisor()
    if not wait_for_topics(kafka, TOPICS[:2], lambda: bool(leaving)):
        return 0
    out = PatientSink(influx)
    sink = Sink(site, kafka, out)
    serve_metrics(sink.figures.rows)
    sink.start()
    while not leaving and sink.lives():
        time.sleep(LOOK_SECONDS)
    sink.close(LEAVE_SECONDS)
    if sink.lives():  # InfluxDB has not answered: it is not waited for, what it was asked is asked again
        os._exit(0)
    out.close()
    return 0 if leaving else 1
