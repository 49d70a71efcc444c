"""A secret comes from the environment, or from a file that the environment names; never from the command line."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.paths import DataFolder

KEY, KEY_FILE = "FENGSHAO_SECRET", "FENGSHAO_SECRET_FILE"
SHORTEST_KEY = 32


def secret(environment: Mapping[str, str], name: str, file_name: str) -> str:
    """The secret of that name, or the content of the file that ``file_name`` names; '' where there is neither."""
    given = environment.get(name, "")
    path = environment.get(file_name, "")
    if given or not path:
        return given
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unread:
        raise RuntimeError(f"{file_name}: {path}: {unread}; expected a readable file with the secret") from unread


def link_key(environment: Mapping[str, str], data: Path) -> bytes:
    """The key that signs answer links: one for all machines by the environment, else the data folder's own."""
    named = next((name for name in (KEY, KEY_FILE) if environment.get(name)), "")
    if not named:
        return DataFolder(data).secret()
    key = secret(environment, KEY, KEY_FILE).encode()
    if len(key) < SHORTEST_KEY:
        expected = f"expected {SHORTEST_KEY} or more, such as `openssl rand -hex 32` writes"
        raise RuntimeError(f"{named}: found {len(key)} characters; {expected}")
    return key
