"""What lies where in the folder that ``--data`` names."""

import contextlib
import os
import secrets
import tempfile
from hashlib import blake2b
from pathlib import Path

STORE = "fengshao.sqlite"
LINK_SECRET = "link-secret"
LONGEST_SOCKET_PATH = 100
"""Unix allows about 108 bytes for the path of a socket."""


def own_temporary_folder(name: str) -> Path:
    """A folder of this user's below the temporary one; PermissionError where somebody else made it first."""
    folder = Path(tempfile.gettempdir()) / f"fengshao-{name}-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder}: belongs to another user; expected a folder of our own")
    return folder


class DataFolder:
    """Made on first use, for this user alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.store = self.folder / STORE
        self.broker = self.folder / "broker"

    @property
    def desk(self) -> Path:
        """The road's socket; in the temporary folder where the data folder's path is too long for one."""
        near = self.folder / "desk.sock"
        if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
            return near
        name = blake2b(os.fsencode(self.folder), digest_size=8).hexdigest()
        return own_temporary_folder("desks") / f"{name}.sock"

    def secret(self) -> bytes:
        """The key that signs answer links; made once, readable by this user alone."""
        path = self.folder / LINK_SECRET
        if not path.exists():
            self._keep_secret(secrets.token_hex(32).encode())
        return path.read_bytes()

    def take_secret(self, key: bytes) -> None:
        """Go on with the key of the folder that a backup was made of; RuntimeError where there is another."""
        self._keep_secret(key)
        if self.secret() != key:
            raise RuntimeError(
                f"{self.folder / LINK_SECRET}: found another key than the backup's; expected none: move it away"
            )

    def _keep_secret(self, key: bytes) -> None:
        path = self.folder / LINK_SECRET
        descriptor, part = tempfile.mkstemp(dir=self.folder, prefix=path.name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        with contextlib.suppress(FileExistsError):  # road and board start together: the first one counts
            os.link(part, path)
        os.unlink(part)
