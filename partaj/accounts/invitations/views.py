"""Sending an invitation (from the pages of accounts); choosing a password by its link (its holder)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, View

from partaj.accounts import throttling
from partaj.accounts.entrance import NewPasswordForm
from partaj.accounts.entrance_views import RefusedForm
from partaj.accounts.invitations import services
from partaj.accounts.invitations.models import Invitation
from partaj.accounts.models import JournalEntry, User
from partaj.confirming import Refused

IN_SESSION = "invitation"  # the digest of the key that was opened


def send_invitation(request: HttpRequest, account: User) -> None:
    """Invite `account`; the next page says whether the letter left."""
    try:
        invitation = services.invite(account=account, by=request.user, request=request)
    except Refused as refusal:
        messages.error(request, str(refusal))
    except OSError:
        messages.error(
            request,
            "Le compte est gardé, mais l’invitation n’est pas partie : vérifiez la messagerie, puis renvoyez-la d’ici.",
        )
    else:
        messages.success(
            request,
            f"Une invitation est partie à {invitation.address} : son lien vaut 24 heures et sert une seule fois.",
        )


class LinkOpened(View):
    """Whoever holds the link. Keeps the key's digest in the session and goes on: the key leaves the address at once.

    The same answer whatever the key; nothing else is written, so that a mail scanner that opens the link uses nothing.
    """

    http_method_names = ["get", "head"]

    @method_decorator(login_not_required)
    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        throttling.take("invitation_link", request)
        request.session[IN_SESSION] = services.digest_of(key)
        return redirect("invitation")


@method_decorator(login_not_required, name="dispatch")
@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChoosePassword(RefusedForm, FormView):
    """Whoever has opened a link that is good; the others learn what to do, the same for all."""

    form_class = NewPasswordForm
    template_name = "accounts/choose_password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.digest = str(request.session.get(IN_SESSION, ""))
        self.invitation = Invitation.objects.good().filter(digest=self.digest).select_related("account").first()
        if self.invitation is None:
            return self.link_over()
        return super().dispatch(request, *args, **kwargs)

    def link_over(self) -> HttpResponse:
        return render(self.request, "accounts/link_over.html", {"sentence": services.LINK_OVER}, status=410)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.invitation.account}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(account=self.invitation.account, **kwargs)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        try:
            with transaction.atomic():
                account = services.accept(digest=self.digest, password=form.cleaned_data["password1"])
                self.request.trace.now(
                    JournalEntry.Kind.SECURITY,
                    actor=account.pk,
                    subject=f"accounts.user:{account.pk}",
                    detail="invitation acceptée, mot de passe choisi",
                )
        except Refused:
            return self.link_over()
        logout(self.request)  # somebody else's session, on a shared computer, is not this person's
        self.request.session.flush()
        messages.success(
            self.request, "Votre mot de passe est choisi. Connectez-vous avec votre adresse et ce mot de passe."
        )
        return redirect("account_login")
