"""A real browser: Debian's Chromium driven by playwright. Without it these stories are skipped, and say why."""

import ctypes.util
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from tests.access.house import House, build_house
from tests.world import PASSWORD

# Playwright keeps an event loop in this thread; Django would refuse its queries there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip
ABSENT = "Les histoires du navigateur ne sont pas jouées : {} ; à taper : sudo apt-get install chromium libatomic1"


def give_up(why: str) -> NoReturn:
    """Skipped on one's own machine, never where everything is to be tried."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(ABSENT.format(why))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """For one file only: playwright's loop, while it lasts, would break asynchronous views of other tests."""
    if CHROMIUM is None:
        give_up("Chromium est absent")
    if ctypes.util.find_library("atomic") is None:
        give_up("libatomic manque au pilote du navigateur")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def house(transactional_db: None) -> House:
    house = build_house()
    for user in house.cast.values():
        user.set_password(PASSWORD)
        user.save()
    return house


@dataclass
class Watch:
    """What a page must never do: fail, break the policy of contents, or ask anything of another host. `refusal`: the
    answer that a story calls for, where it does."""

    host: str
    refusal: int = 422  # a form refused comes back as a fragment, with its sentences
    faults: list[str] = field(default_factory=list)

    def on(self, page: Page) -> None:
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", lambda request: self.look(request.url))
        page.on("response", self.judge)

    def hear(self, said: Any) -> None:
        # What is missing is judged by its answer: the page of what does not exist is asked for on purpose.
        called_for = ("Failed to load resource", f"Response Status Error Code {self.refusal}")
        if said.type in {"error", "warning"} and not said.text.startswith(called_for):
            self.faults.append(f"console: {said.text}")

    def judge(self, response: Any) -> None:
        if (
            response.status >= 400
            and response.status not in (422, self.refusal)
            and response.request.resource_type != "document"
        ):
            self.faults.append(f"{response.status}: {response.url}")

    def look(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self.host:
            self.faults.append(f"request to another host: {url}")


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`open_page(width=1280, user=None, refusal=422)`: a window of that width, where `user`, if any, is signed in."""
    watch = Watch(urlsplit(live_server.url).netloc)
    contexts = []

    def make(width: int = 1280, user: Any = None, refusal: int = 422) -> Page:
        watch.refusal = refusal
        context = browser.new_context(
            viewport={"width": width, "height": 900}, locale="en-US", base_url=live_server.url
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(15_000)
        watch.on(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert watch.faults == []


def session_of(user: Any) -> str:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value
