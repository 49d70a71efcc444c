"""What this build of the board is called: a number of all its files, so that a screen knows when to load anew."""

import base64
import hashlib
import re
from pathlib import Path


def build_of(folder: Path) -> str:
    """Changes with any template, style or script."""
    digest = hashlib.sha256()
    for part in sorted((folder / "templates").rglob("*")) + sorted((folder / "static").rglob("*")):
        if part.is_file():
            digest.update(part.name.encode() + b"\0" + part.read_bytes())
    return digest.hexdigest()[:12]


def style_hash(template: Path) -> str:
    """The hash by which a policy allows the one ``<style>`` of a page that must come in one request."""
    found = re.search(r"<style>(.*?)</style>", template.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"{template.name} has no <style>")
    return "sha256-" + base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
