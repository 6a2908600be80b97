"""Accounts and the roles that they hold: an administrator gives and ends them, effective at the next request."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import CreateView, TemplateView, UpdateView, View

from partaj.access import ActRequired
from partaj.accounts import services
from partaj.accounts.forms import STATES, AccountForm, AccountSearch, RoleForm
from partaj.accounts.invitations import services as invitations
from partaj.accounts.invitations.views import send_invitation
from partaj.accounts.models import CalendarKey, Invitation, ProConnectIdentity, Role, User
from partaj.accounts.second_factor.views import factors_of
from partaj.acts import Act
from partaj.confirming import ConfirmPage, Refused
from partaj.directories import DirectoryPage
from partaj.pages import Crumb, FormPage, Titled
from partaj.panels import ACCOUNT, shown


class AccountList(ActRequired, DirectoryPage):
    act = Act.MANAGE_ACCOUNTS
    template_name = "accounts/account_list.html"
    title = "Comptes et rôles"
    form_class = AccountSearch
    nouns = ("compte", "comptes")

    def get_queryset(self) -> QuerySet:
        held = Role.objects.visible_to(self.request.user).in_force().select_related("programme", "territory")
        return User.objects.visible_to(self.request.user).prefetch_related(
            Prefetch("roles", held.order_by("starts_on"), to_attr="held_roles")
        )

    def search(self, queryset: QuerySet, typed: str) -> QuerySet:
        return queryset.named(typed)

    def narrow(self, queryset: QuerySet, asked: dict[str, Any]) -> QuerySet:
        if "kind" in asked:
            queryset = queryset.holding(asked["kind"])
        return STATES[asked["state"]][1](queryset) if "state" in asked else queryset


class AccountPage:
    act = Act.MANAGE_ACCOUNTS
    model: Any = User
    form_class: Any = AccountForm

    def get_crumbs(self) -> list[Crumb]:
        return [("Comptes et rôles", reverse("accounts:list"))]


class AccountCreate(AccountPage, ActRequired, FormPage, CreateView):
    title = "Nouveau compte"
    submit_label = "Créer le compte"
    done = "Le compte est créé. Donnez-lui maintenant un rôle."

    def form_valid(self, form: AccountForm) -> HttpResponse:
        account = services.open_account(user=form.instance)
        messages.success(self.request, self.done)
        send_invitation(self.request, account)
        return redirect("accounts:account", account.pk)


class OfAccount(AccountPage, ActRequired):
    account: User

    def find(self) -> None:
        super().find()
        self.account = self.get_object()

    def get_object(self, queryset: QuerySet | None = None) -> User:
        return get_object_or_404(User.objects.visible_to(self.request.user), pk=self.kwargs["pk"])

    def account_url(self) -> str:
        return reverse("accounts:account", args=[self.account.pk])

    def get_success_url(self) -> str:
        return self.account_url()

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (str(self.account), self.account_url())]


class AccountDetail(OfAccount, Titled, TemplateView):
    template_name = "accounts/account.html"

    def get_title(self) -> str:
        return str(self.account)

    def get_crumbs(self) -> list[Crumb]:
        return super().get_crumbs()[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = list(
            Role.objects.visible_to(self.request.user)
            .filter(user=self.account)
            .select_related("programme", "territory", "organisation")
            .order_by("-starts_on", "-pk")
        )
        return super().get_context_data(
            account=self.account,
            factors=factors_of(self.account),
            calendar_key=CalendarKey.objects.visible_to(self.request.user).filter(account=self.account).first(),
            identity=ProConnectIdentity.objects.visible_to(self.request.user).filter(account=self.account).first(),
            current=[role for role in roles if not role.is_over],
            past=[role for role in roles if role.is_over],
            panels=shown(ACCOUNT, self.request, self.account),
            invitation=Invitation.objects.visible_to(self.request.user).filter(account=self.account).first(),
            **kwargs,
        )


class AccountChange(OfAccount, FormPage, UpdateView):
    done = "Le compte est enregistré."

    def get_title(self) -> str:
        return f"Modifier « {self.account} »"

    def form_valid(self, form: AccountForm) -> HttpResponse:
        services.rename_account(user=form.instance)
        messages.success(self.request, self.done)
        return redirect(self.account_url())


class AccountInvite(OfAccount, View):
    """Sends an invitation, or another one in place of the first."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        send_invitation(request, self.account)
        return redirect(self.account_url())


class InvitationCancel(OfAccount, ConfirmPage):
    submit_label = "Retirer l’invitation"
    dangerous = True
    done = "L’invitation est retirée : son lien n’ouvre plus rien."

    def get_title(self) -> str:
        return f"Retirer l’invitation de {self.account}"

    def get_sentences(self) -> list[str]:
        return ["Le lien envoyé n’ouvrira plus rien. Vous pourrez envoyer une autre invitation."]

    def carry_out(self) -> None:
        invitations.cancel(account=self.account)


class AccountSuspend(OfAccount, ConfirmPage):
    submit_label = "Suspendre le compte"
    dangerous = True
    done = "Le compte est suspendu : il n’ouvre plus rien. Ses rôles sont gardés."

    def get_title(self) -> str:
        return f"Suspendre le compte de {self.account}"

    def get_sentences(self) -> list[str]:
        return [
            "La personne ne pourra plus se connecter, et ce qui est ouvert chez elle se ferme à la prochaine page.",
            "Ses rôles et ce qu’elle a écrit sont gardés ; le compte peut être réactivé.",
        ]

    def carry_out(self) -> None:
        services.suspend_account(user=self.account)


class AccountRestore(OfAccount, ConfirmPage):
    submit_label = "Réactiver le compte"
    done = "Le compte est réactivé, avec ses rôles en cours."

    def get_title(self) -> str:
        return f"Réactiver le compte de {self.account}"

    def get_sentences(self) -> list[str]:
        return ["La personne pourra de nouveau se connecter, avec les rôles qui sont encore en cours."]

    def carry_out(self) -> None:
        services.restore_account(user=self.account)


class RoleGive(OfAccount, FormPage, CreateView):
    model = Role
    form_class = RoleForm
    submit_label = "Donner ce rôle"
    done = "Le rôle est donné : il vaut dès la prochaine page ouverte par la personne."

    def get_title(self) -> str:
        return f"Donner un rôle à {self.account}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"account": self.account}

    def form_valid(self, form: RoleForm) -> HttpResponse:
        try:
            services.give_role(role=form.instance, by=self.request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.done)
        return redirect(self.account_url())


class EndsRole(ConfirmPage):
    """Asks before `self.role` is ended."""

    role: Role
    submit_label = "Mettre fin au rôle"
    dangerous = True

    def get_title(self) -> str:
        return f"Mettre fin au rôle « {self.role} »"

    def get_sentences(self) -> list[str]:
        if not self.role.has_begun:
            return ["Ce rôle n’a pas commencé : il est annulé et n’ouvrira rien."]
        return [
            "Aujourd’hui est son dernier jour ; demain il n’ouvre plus rien.",
            "Il reste dans l’histoire du compte.",
        ]

    def carry_out(self) -> None:
        self.done = "Ce rôle prend fin ce soir." if self.role.has_begun else "Ce rôle à venir est annulé."
        services.end_role(role=self.role)


class RoleEnd(OfAccount, EndsRole):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            roles = Role.objects.visible_to(request.user).filter(user=self.account)
            self.role = get_object_or_404(roles.select_related("programme", "territory"), pk=kwargs["role_pk"])
