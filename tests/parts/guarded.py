"""A real mosquitto under the files of `deploy/mosquitto/`: passwords, access list and, where asked for, TLS."""

import getpass
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.parts.brokers import HOST, Mosquitto

DEPLOY = Path(__file__).parents[2] / "deploy"
SHIPPED = DEPLOY / "mosquitto"
TLS_LINES = ("#listener 8883", "#certfile ", "#keyfile ")


class Guarded(Mosquitto):
    """``passwords``: user → password. Only places are changed in what is shipped: port, folders, certificate."""

    def __init__(self, folder: Path, passwords: Mapping[str, str], tls: bool = False) -> None:
        super().__init__(folder)
        names = folder / "passwords"
        names.write_text("".join(f"{user}:{password}\n" for user, password in passwords.items()), encoding="utf-8")
        subprocess.run([str(SHIPPED / "hash-passwords.sh"), str(names)], check=True, capture_output=True)
        shutil.copy(SHIPPED / "acl", folder / "acl")
        self.authority = folder / "certificate.pem"
        text = (SHIPPED / "mosquitto.conf").read_text(encoding="utf-8")
        if tls:
            self._make_certificate(folder / "key.pem")
            self.url = f"mqtts://localhost:{self.port}"
            text = text.replace("listener 1883\n", "")
            for line in TLS_LINES:
                assert line in text
                text = text.replace(line, line.removeprefix("#"))
        for shipped, here in self._places(folder, "8883" if tls else "1883").items():
            assert shipped in text
            text = text.replace(shipped, here)
        self._settings.write_text(f"{text}user {getpass.getuser()}\n", encoding="utf-8")

    def _places(self, folder: Path, port: str) -> dict[str, str]:
        return {
            f"listener {port}": f"listener {self.port} {HOST}",
            "/run/secrets/mosquitto-passwords": str(folder / "passwords"),
            "/mosquitto/config/acl": str(folder / "acl"),
            "/mosquitto/data/": f"{folder}/",
            "/run/secrets/mosquitto-certificate": str(self.authority),
            "/run/secrets/mosquitto-key": str(folder / "key.pem"),
        }

    def _make_certificate(self, key: Path) -> None:
        made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        named = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        files = ["-keyout", str(key), "-out", str(self.authority)]
        subprocess.run([*made, *named, *files], check=True, capture_output=True)
        key.chmod(0o644)
