"""The one data source of the boards, as the API takes it and as its provisioning file says it."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from dashboards.grafana.panels import DATA_SOURCE

Json = dict[str, Any]
NAME = "枫哨 InfluxDB"


@dataclass(frozen=True, slots=True)
class InfluxSource:
    """Where Grafana finds InfluxDB: ``url`` as Grafana's own machine sees it, without ``/api/v2``."""

    url: str
    org: str
    bucket: str

    def json(self, token: str) -> Json:
        """Its body; ``token`` is written and never read back."""
        settings = {
            "version": "Flux",
            "organization": self.org,
            "defaultBucket": self.bucket,
            "httpMode": "POST",
            # Grafana never shows a token: by this mark a new one is noticed.
            "tokenMark": blake2b(token.encode(), digest_size=6).hexdigest(),
        }
        return {
            "name": NAME,
            **DATA_SOURCE,
            "access": "proxy",
            "url": self.url,
            "isDefault": False,
            "jsonData": settings,
            "secureJsonData": {"token": token},
        }

    def provisioning(self, token: str = "$__file{/run/secrets/influx-token}") -> Json:
        """The file that Grafana reads when it starts; the token is named, not written."""
        body = self.json(token)
        del body["jsonData"]["tokenMark"]
        return {"apiVersion": 1, "datasources": [body | {"editable": False}]}


def yaml(content: Json) -> str:
    """JSON is YAML, and needs no library; every ``$`` stays what Grafana reads as a variable."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
