"""What somebody typed is never lost to a session or a token that expired.

Each form carries the signed identity of its author (`{% draft_author %}`). When it comes back without a session,
or with a stale token, its fields are kept for that author alone and offered after the next sign-in.
"""

from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from partaj.accounts.models import Draft, DraftQuerySet, User
from partaj.next_page import leads_to_us

AUTHOR_FIELD = "saisie_de"
SALT = "partaj.draft"
NOT_KEPT = {AUTHOR_FIELD, "csrfmiddlewaretoken", "login"}  # nor any field whose name holds « password »
RESUMED = "reprise"  # the parameter that names the draft with which a page is filled in
LONGEST = 200_000
MOST = 20  # drafts of one author; beyond, the oldest goes
STALE_FRAGMENT = "Partaj-Stale"
STALE = (
    "Cette page était ouverte depuis trop longtemps : rien n’a été enregistré. Relisez ce qui est saisi, puis "
    "enregistrez."
)
STALE_OF_ANOTHER = (
    "Rien n’a été enregistré : cette page avait été ouverte par quelqu’un d’autre. Ce qui y était saisi lui est gardé, "
    "sur son accueil."
)
OLDEST_FORM = 7 * 24 * 3600  # seconds


def author_field(user: Any) -> dict[str, str]:
    """The hidden field that each form carries."""
    return {"name": AUTHOR_FIELD, "value": signing.dumps(user.pk, salt=SALT) if user.is_authenticated else ""}


def keep_draft(request: HttpRequest) -> Draft | None:
    """Keep what `request` posts for the author that signed the form; None where nobody did or it is too long.

    A draft that was being resumed is replaced, not doubled.
    """
    author, encoded, path = _author(request), _typed(request), _page(request)
    if author is None or not encoded or len(encoded) > LONGEST or len(path) > 500 or not _is_shown_again(request):
        return None
    resumed = _named(request, Draft.objects.filter(author=author))
    if resumed is not None:
        resumed.delete()
    return keep_typed(author=author, path=path, fields=encoded)


def keep_typed(*, author: User, path: str, fields: str) -> Draft:
    """Given back to `author` on that page; of theirs, the oldest go beyond MOST. `fields`: as a form sends them."""
    draft = Draft.objects.create(author=author, path=path, fields=fields)
    kept = Draft.objects.filter(author=author).values("pk")[:MOST]
    Draft.objects.filter(author=author).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    return draft


def _is_shown_again(request: HttpRequest) -> bool:
    """A button has nothing to show again, but where its view says that the page above shows what was chosen."""
    is_of_a_page = _opens(request.path) or bool(standing_page(request).path)
    return is_of_a_page or getattr(_view_at(request.path), "is_shown_above", False)


def _author(request: HttpRequest) -> User | None:
    try:
        author_pk = signing.loads(request.POST.get(AUTHOR_FIELD, ""), salt=SALT, max_age=OLDEST_FORM)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=author_pk, is_active=True).first()


def _typed(request: HttpRequest) -> str:
    fields = request.POST.copy()
    for name in list(fields):
        if name in NOT_KEPT or "password" in name:
            del fields[name]
    return fields.urlencode()


def standing_page(request: HttpRequest) -> SplitResult:
    """The page from which a fragment was asked for, as its browser says; empty where that is no address."""
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return urlsplit("")


def page_of(request: HttpRequest) -> str:
    """The path of the page on which the form stood: a fragment's own address shows nothing by itself, and a button's
    opens nothing."""
    current = standing_page(request)
    standing = leads_to_us(current.path)  # the browser says it: it may be anything
    path = unquote(current.path) if standing else request.path
    while path != "/" and not _opens(path):
        path = path[: path.rstrip("/").rfind("/") + 1]
    return path


def _opens(path: str) -> bool:
    """Whether something is shown at this address to who asks for it."""
    view = _view_at(path)
    if isinstance(view, type):
        return "get" in view.http_method_names and hasattr(view, "get")  # type: ignore[attr-defined]
    return view is not None


def _view_at(path: str) -> Any:
    """The class of the view, or its function; None where there is nothing."""
    try:
        function = resolve(path).func
    except Resolver404:
        return None
    return getattr(function, "view_class", function)


def _page(request: HttpRequest) -> str:
    """The address of that page, as it was asked for."""
    path, current = page_of(request), standing_page(request)
    query = current.query if leads_to_us(current.path) else request.META.get("QUERY_STRING", "")
    parameters = QueryDict(query, mutable=True)
    parameters.pop(RESUMED, None)
    return f"{quote(path)}{'?' if parameters else ''}{parameters.urlencode()}"


def resumed(request: HttpRequest) -> str:
    """The number of the draft that the address names, "" where there is none: a form that is sent to another address
    bears it along, so that the draft is forgotten once it is saved."""
    return request.GET.get(RESUMED, "")


def _named(request: HttpRequest, drafts: DraftQuerySet) -> Draft | None:
    """The draft of `drafts` that the address names, if it was typed on this very page."""
    asked = resumed(request)
    if not asked.isdecimal() or len(asked) > 18:
        return None
    draft = drafts.filter(pk=asked).first()
    return draft if draft is not None and unquote(draft.path.split("?")[0]) == page_of(request) else None


def draft_fields(request: HttpRequest) -> QueryDict | None:
    """The fields of the draft named by `?reprise=`, for its author and for this very page only."""
    draft = _named(request, Draft.objects.visible_to(request.user))
    return QueryDict(draft.fields) if draft else None


def forget_resumed(request: HttpRequest) -> None:
    """What was resumed is now saved: the draft has done its work."""
    draft = _named(request, Draft.objects.visible_to(request.user))
    if draft is not None:
        draft.delete()


def resume_url(draft: Draft) -> str:
    joint = "&" if "?" in draft.path else "?"
    return f"{draft.path}{joint}{RESUMED}={draft.pk}"


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale (a second tab, another sign-in): say so, with what was typed kept. A fragment has no
    place for a whole page: its page opens again, filled in, or says what became of what was typed; where nothing could
    be kept, what is on screen stays there, and the page says why (STALE_FRAGMENT, read by partaj.js)."""
    draft = keep_draft(request) if request.method == "POST" else None
    own = draft if draft and request.user.is_authenticated and draft.author_id == request.user.pk else None
    if request.headers.get("HX-Request"):
        told = {"HX-Redirect": _where_it_is(request, own)} if draft else {STALE_FRAGMENT: "1"}
        return HttpResponse(status=403, headers=told)
    back = request.get_full_path()
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}) and request.user.is_authenticated
    context = {"resume_url": resume_url(own) if own else None, "kept": draft is not None,
               "back": back if safe else reverse("account_login")}  # fmt: skip
    return render(request, "403_csrf.html", context, status=403)


def _where_it_is(request: HttpRequest, own: Draft | None) -> str:
    if not request.user.is_authenticated:
        return reverse("account_login")
    messages.warning(request, STALE if own else STALE_OF_ANOTHER)
    return resume_url(own) if own else reverse("home")
