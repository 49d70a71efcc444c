"""Kafka's jars, brought by Maven."""

import subprocess
import tempfile
from pathlib import Path

VERSION = "4.1.1"
KAFKA = f"kafka-{VERSION}"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>fengshao</groupId><artifactId>parts</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""


def fetch_jars(folder: Path) -> None:
    """The broker's jars and those that they need, into ``folder``."""
    with tempfile.TemporaryDirectory() as project:
        pom = Path(project) / "pom.xml"
        pom.write_text(POM)
        command = ["mvn", "-q", "-B", "-f", str(pom), COPY, "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
        subprocess.run(command, check=True)
