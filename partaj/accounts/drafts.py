"""What somebody typed is never lost to a session or a token that expired.

Each form carries the signed identity of its author (`{% draft_author %}`). When it comes back without a session,
or with a stale token, its fields are kept for that author alone and offered after the next sign-in.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from partaj.accounts.models import Draft, User

AUTHOR_FIELD = "saisie_de"
SALT = "partaj.draft"
NOT_KEPT = {AUTHOR_FIELD, "csrfmiddlewaretoken", "password", "login"}
LONGEST = 200_000
OLDEST_FORM = 7 * 24 * 3600  # seconds


def author_field(user: Any) -> dict[str, str]:
    """The hidden field that each form carries."""
    return {"name": AUTHOR_FIELD, "value": signing.dumps(user.pk, salt=SALT) if user.is_authenticated else ""}


def keep_draft(request: HttpRequest) -> Draft | None:
    """Keep what `request` posts for the author that signed the form; None where nobody did or it is too long."""
    try:
        author_pk = signing.loads(request.POST.get(AUTHOR_FIELD, ""), salt=SALT, max_age=OLDEST_FORM)
    except signing.BadSignature:
        return None
    author = User.objects.filter(pk=author_pk, is_active=True).first()
    fields = request.POST.copy()
    for name in NOT_KEPT:
        fields.pop(name, None)
    encoded = fields.urlencode()
    if author is None or not fields or len(encoded) > LONGEST or len(request.path) > 500:
        return None
    return Draft.objects.create(author=author, path=request.get_full_path()[:500], fields=encoded)


def draft_fields(request: HttpRequest) -> QueryDict | None:
    """The fields of the draft named by `?reprise=`, for its author and for this very page only."""
    asked = request.GET.get("reprise", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    draft = Draft.objects.visible_to(request.user).filter(pk=asked).first()
    if draft is None or draft.path.split("?")[0] != request.path:
        return None
    return QueryDict(draft.fields)


def resume_url(draft: Draft) -> str:
    joint = "&" if "?" in draft.path else "?"
    return f"{draft.path}{joint}reprise={draft.pk}"


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is stale (a second tab, another sign-in): say so, with what was typed kept."""
    draft = keep_draft(request) if request.method == "POST" else None
    own = draft if draft and request.user.is_authenticated and draft.author_id == request.user.pk else None
    back = request.get_full_path()
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}) and request.user.is_authenticated
    context = {"resume_url": resume_url(own) if own else None, "kept": draft is not None,
               "back": back if safe else reverse("account_login")}  # fmt: skip
    return render(request, "403_csrf.html", context, status=403)
