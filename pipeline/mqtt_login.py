"""Who we are to the MQTT broker, from the environment and files; never from the command line."""

import os
import ssl
from collections.abc import Mapping

from ingest.broker_login import AUTHORITY, Login
from pipeline.secret import secret

USER = "FENGSHAO_MQTT_USER"
PASSWORD, PASSWORD_FILE = "FENGSHAO_MQTT_PASSWORD", "FENGSHAO_MQTT_PASSWORD_FILE"


def login_of(environment: Mapping[str, str] = os.environ) -> Login:
    """The login; raises RuntimeError naming what is missing or cannot be read."""
    user, password = environment.get(USER, ""), secret(environment, PASSWORD, PASSWORD_FILE)
    if user and not password:
        raise RuntimeError(f"{PASSWORD} or {PASSWORD_FILE}: found nothing; expected the password of {USER}={user}")
    if password and not user:
        raise RuntimeError(f"{USER}: found nothing; expected whose password it is that {PASSWORD} or its file holds")
    authority = environment.get(AUTHORITY, "")
    if authority:
        try:
            ssl.create_default_context(cafile=authority)
        except OSError as unread:
            expected = "expected a readable file with the authority's certificates"
            raise RuntimeError(f"{AUTHORITY}: {authority}: {unread}; {expected}") from unread
    return Login(user, password, authority)
