"""A receipt enters the ledger: what a channel reports of a notice; a failure is tried again or shown."""

from msgspec.structs import replace

from alerts.history import line
from alerts.model import Notice, Receipt
from alerts.open_rows import OpenRows
from alerts.retry import next_try

ORDER = ("failed", "skipped", "pending", "sent", "delivered", "answered")
"""A notice only ever moves to the right; a failure counts only while it is pending."""


def take_receipt(rows: OpenRows, receipt: Receipt) -> None:
    """Writes what a receipt changes; one that tells nothing new changes nothing."""
    notice = rows.notice(receipt.notice_id)
    if notice is None:
        return
    if receipt.state == "failed":
        if notice.state == "pending":
            _failed(rows, notice, receipt)
        return
    sent_at = notice.sent_at if notice.sent_at is not None else receipt.at
    delivered_at = notice.delivered_at
    if receipt.state == "delivered" and delivered_at is None:
        delivered_at = receipt.at
    state = max(notice.state, receipt.state, key=ORDER.index)
    changed = replace(notice, state=state, sent_at=sent_at, delivered_at=delivered_at, failure="")
    if changed != notice:
        rows.put_notice(replace(changed, tries=notice.tries + (notice.sent_at is None)))


def _failed(rows: OpenRows, notice: Notice, receipt: Receipt) -> None:
    tries = notice.tries + 1
    again = None if receipt.final else next_try(tries, receipt.at, receipt.retry_after)
    if again is not None:
        rows.put_notice(replace(notice, tries=tries, next_try_at=again, failure=receipt.failure))
        return
    rows.put_notice(replace(notice, state="failed", tries=tries, failure=receipt.failure))
    text = line("undelivered", person=rows.plan.name(notice.person), channel=notice.channel, failure=receipt.failure)
    rows.step(notice.hazard_id, receipt.at, "undelivered", text, notice.person, notice.alert_id)
