"""The door as our addresses open it: allauth's views, where a refused form answers 422 and a dead link 410."""

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView, PasswordResetFromKeyView, PasswordResetView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from partaj.accounts import throttling
from partaj.accounts.entrance import ForgottenPasswordForm, NewPasswordForm


class RefusedForm:
    """What is refused says so to machines too."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 422
        return response


class SignIn(RefusedForm, LoginView):
    """Anybody."""


class PasswordChange(RefusedForm, PasswordChangeView):
    """Anybody signed in, for their own; an account without password (signed in from elsewhere) has none to change."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, "Votre compte n’a pas de mot de passe : il n’y a rien à changer ici.")
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            return super().form_valid(form)


class ForgottenPassword(RefusedForm, PasswordResetView):
    """Anybody; the answer is the same whether the address is known or not."""

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponse:
        throttling.take("reset", self.request, account=form.cleaned_data["email"])
        form.save(self.request)
        return redirect("account_reset_password_done")


class NewPassword(RefusedForm, PasswordResetFromKeyView):
    """Whoever holds a reset link. Its first GET hides the key in the session; the page's address does not hold it."""

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        return super().render_to_response(context, **({"status": 410} if "token_fail" in context else {}) | kwargs)

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
        throttling.free(self.request, account=self.reset_user.email)
        return response
