"""Paths that the command line names: what cannot be is said before long work begins, with found and expected."""

import os
from pathlib import Path

import typer


def any_path(path: Path | None) -> Path | None:
    """One that the system can look for: not too long, not below a file, spelled in characters."""
    if path is None:
        return None
    if any(char < " " or "\ud800" <= char <= "\udfff" for char in str(path)):
        raise typer.BadParameter(f"found {str(path)!r:.200}; expected a path of printable characters in UTF-8")
    try:
        path.stat()
    except FileNotFoundError:
        return path
    except OSError as wrong:
        raise typer.BadParameter(f"found {path!s:.200}: {wrong.strerror}; expected another path") from None
    return path


def folder(path: Path | None) -> Path | None:
    """A folder, or what may become one."""
    path = any_path(path)
    if path is not None and os.path.exists(path) and not path.is_dir():
        raise typer.BadParameter(f"found {path}, which is no folder; expected a folder, or a path that is free for one")
    return path


def new_file(path: Path | None) -> Path | None:
    """A file that is to be written: its folder must be there."""
    path = any_path(path)
    if path is None:
        return None
    if path.is_dir():
        raise typer.BadParameter(f"found the folder {path}; expected a file")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"found no folder {path.parent}; expected {path.name} to go into one that is there")
    return path
