"""A secret comes from the environment, or from a file that the environment names; never from the command line."""

from collections.abc import Mapping
from pathlib import Path


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
