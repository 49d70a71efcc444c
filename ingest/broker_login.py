"""Who we are to a broker, whose word we take for who it is, and what mends its refusals."""

import ssl
from dataclasses import dataclass, field
from typing import Any

NOT_LET_IN = (0x86, 0x87)
"""Bad user name or password; not authorized (MQTT 5.0, 3.2.2.2)."""
NAMES = "FENGSHAO_MQTT_USER and FENGSHAO_MQTT_PASSWORD or FENGSHAO_MQTT_PASSWORD_FILE"
AUTHORITY = "FENGSHAO_MQTT_CA"


@dataclass(frozen=True, slots=True)
class Login:
    """``authority`` is a file of certificates, "" what the system trusts; without ``user`` we name nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""


NOBODY = Login()


def refused(reason: Any) -> str:
    """What the broker answered to our name, and what to do."""
    advice = f"; check {NAMES}, and the broker's list of passwords" if reason.value in NOT_LET_IN else ""
    return f"refused, {reason}{advice}"


def denied(what: str, reason: Any) -> str:
    """What a broker that let us in forbids us."""
    return f"we may not {what} ({reason}); check the broker's access list (deploy/mosquitto/acl is an example)"


def unreached(failure: OSError, tls: bool) -> str:
    """Why there is no connection, and what to do where that is a matter of certificates."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {failure.verify_message}; name its authority's file in {AUTHORITY}"
    if tls and isinstance(failure, ssl.SSLError | ConnectionResetError):
        return f"no TLS there: {failure.strerror or failure}; mqtts:// speaks TLS, mqtt:// does not"
    return str(failure.strerror or failure)
