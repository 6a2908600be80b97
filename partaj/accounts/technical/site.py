"""Django's administration site, for an administrator who has shown a second factor; for anybody else it does not exist.

It reads. Whatever is posted is refused before any view: no inline, list or action of Django's is ever reached. The one
way in is a page that a table names itself (`Table.pages`), written by hand: Django's own forms are not behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path

from partaj.accounts.journal.models import JournalSeal
from partaj.accounts.second_factor.gate import second_factor_passed

READS = ("GET", "HEAD")
WRITES = (*READS, "POST")
OF_THE_SITE = frozenset({"index", "app_list", "jsi18n"})  # signing in, out and the password have their own pages
OF_A_TABLE = ("changelist", "change")


class Page(NamedTuple):
    """A page of a table, to which a form may be sent. `kind`: in the name of its address; `rest`: of its address, under
    that of the table."""

    kind: str
    rest: str
    view: Callable[..., HttpResponseBase]


class TechnicalSite(admin.AdminSite):
    site_header = site_title = "PARTAJ · administration technique"
    index_title = "Tables en lecture seule ; une liste peut y être importée"
    index_template = "technical/index.html"
    enable_nav_sidebar = False  # it would remember itself in the browser
    empty_value_display = "—"

    def has_permission(self, request: HttpRequest) -> bool:
        """An administrator's role today, and a second factor in this very session, whatever SECOND_FACTOR_REQUIRED."""
        user = request.user
        return user.is_authenticated and user.reach.everything and second_factor_passed(request)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Callable[..., HttpResponse]:
        return self._guarded(super().admin_view(view, cacheable), READS)

    def writing_view(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponse]:
        """For a page of our own: a form is sent to it, with its token, by who may read this site and nobody else."""
        return self._guarded(super().admin_view(view), WRITES)

    def _guarded(self, inner: Callable[..., Any], methods: tuple[str, ...]) -> Callable[..., HttpResponse]:
        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs) if request.method in methods else HttpResponseNotAllowed(methods)

        return guarded

    def get_urls(self) -> list[Any]:
        """Tables by name: Django's last address, which answers to anything, is left out."""
        own = [each for each in super().get_urls() if isinstance(each, URLPattern) and each.name in OF_THE_SITE]
        tables: list[URLPattern | URLResolver] = []
        for model, table in self._registry.items():
            place = f"{model._meta.app_label}/{model._meta.model_name}"
            known = {each.name: each for each in table.get_urls() if isinstance(each, URLPattern)}
            for kind, rest in zip(OF_A_TABLE, ("", "<path:object_id>/change/"), strict=True):
                name = f"{model._meta.app_label}_{model._meta.model_name}_{kind}"
                tables.append(path(f"{place}/{rest}", known[name].callback, name=name))
            for page in table.pages():
                name = f"{model._meta.app_label}_{model._meta.model_name}_{page.kind}"
                tables.append(path(f"{place}/{page.rest}", self.writing_view(page.view), name=name))
        for each in own:
            each.callback.login_url = None  # Django's own sign-in page is left out: the house's is asked for
        return own + tables


class Table(admin.ModelAdmin):
    """Looked at, one row after the other; `fields` says all that may be read of a row."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    sortable_by = ()
    view_on_site = False  # by an address that answers for any table

    def pages(self) -> list[Page]:
        """What it offers beside its list and its rows: nothing, unless a table says otherwise."""
        return []

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        self.note(request)
        return super().changelist_view(request, extra_context)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> Any:
        self.note(request)
        return super().change_view(request, object_id, *args, **kwargs)

    def note(self, request: HttpRequest) -> None:
        """Addresses and devices are people's: reading them leaves a line."""
        request.trace.looked_up(detail=str(self.opts.verbose_name_plural))  # type: ignore[attr-defined]

    def get_list_display(self, request: HttpRequest) -> Any:
        return self.fields

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return False  # « data__contains » would tell a secret letter by letter

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    has_change_permission = has_delete_permission = lambda self, request, obj=None: False


site = TechnicalSite(name="admin")


@admin.register(Authenticator, site=site)
class Authenticators(Table):
    """Which second factors exist, never what they hold."""

    fields = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    ordering = ("-created_at",)


@admin.register(UserSession, site=site)
class Sessions(Table):
    """Sessions under way, never their keys: closing one's own or another's has its own pages."""

    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    ordering = ("-last_seen_at",)


@admin.register(JournalSeal, site=site)
class Seals(Table):
    """Whether the journal is sealed regularly; `manage.py verify_journal` says whether it is whole."""

    fields = ("rank", "count", "sealed_at", "purged_at", "digest")
    ordering = ("-rank",)
