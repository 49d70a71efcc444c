"""Waiting until a screen shows the wall."""

from playwright.sync_api import Page, expect


def filled(page: Page) -> None:
    expect(page.locator("#list li")).not_to_have_count(0)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
