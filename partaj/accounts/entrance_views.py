from typing import Any

from allauth.account.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


class PasswordChange(PasswordChangeView):
    """Anybody signed in, for their own; an account that has no password yet gets the letter that lets it choose one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)
