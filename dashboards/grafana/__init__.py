"""Grafana boards as code: rows in Python become version-1 dashboard JSON, written to files or applied to a server."""

from dashboards.grafana.boards import Subjects, all_boards

__all__ = ["Subjects", "all_boards"]
