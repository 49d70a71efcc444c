"""Every state that the ledger can write has words in both languages: a missing one would be a broken page."""

from typing import get_args

import pytest

from alerts.model import Channel, NoticeState, Phase
from dashboards.web.words import TABLES

# What a page looks up without a fallback.
STEP_KINDS = (
    *("opened", "alert", "notified", "escalated", "empty", "repeated", "exhausted", "undelivered", "reopened"),
    *("answered", "declined", "arrived", "handled", "result", "lifted", "closed", "repaired"),
)
LOOKED_UP = [*get_args(Channel), *get_args(Phase), "failed", "skipped"]


@pytest.mark.parametrize("language", sorted(TABLES))
@pytest.mark.parametrize("word", LOOKED_UP)
def test_it_has_words(language: str, word: str) -> None:
    assert TABLES[language][word].strip()


@pytest.mark.parametrize("language", sorted(TABLES))
@pytest.mark.parametrize("kind", STEP_KINDS)
def test_every_step_of_a_history_has_words(language: str, kind: str) -> None:
    assert TABLES[language][f"event_{kind}"].strip()


def test_a_notice_is_either_timed_or_named() -> None:
    assert set(get_args(NoticeState)) == {"pending", "sent", "delivered", "answered", "failed", "skipped"}
