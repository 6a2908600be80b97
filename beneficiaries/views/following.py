"""What is noted in one line on the page of a youth, the actions to come, and « À faire »: those of one's day."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from crispy_forms.utils import render_crispy_form
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from beneficiaries import file_lines, following
from beneficiaries.contact_forms import PutOffForm, QuickEntryForm, WithdrawContactForm
from beneficiaries.deadlines import deadlines_of
from beneficiaries.following import promised_by
from beneficiaries.forms import ReasonForm
from beneficiaries.models import Contact, NextAction
from beneficiaries.views.acts import ActOnFile
from beneficiaries.views.base import ChangesFile
from beneficiaries.views.rows import OneRow, WithdrawRow
from beneficiaries.views.timeline import actions_of, blank_entry, timeline_of
from partaj.access import ActRequired
from partaj.accounts.drafts import keep_typed, resume_url, resumed
from partaj.accounts.models import Draft
from partaj.acts import Act
from partaj.lists import Order, keyset_page
from partaj.pages import Titled

BY_DUE = Order("echeance", "due_on")
WHEN = {"": "Tout", "retard": "En retard", "aujourdhui": "Aujourd’hui", "plus-tard": "Plus tard"}
WHENCE = {"actions": "beneficiaries:actions", "accueil": "home"}
NOTED, TWICE = "C’est noté.", "C’était déjà noté : rien n’a été écrit deux fois."


class QuickEntry(ActOnFile):
    """From the page of the file, where the timeline alone is swapped; without scripts, a page of its own."""

    title = "Noter un contact ou une note"
    form_class = QuickEntryForm
    submit_label = "Noter"

    def form_valid(self, form: QuickEntryForm) -> HttpResponse:
        try:
            noted = following.note(enrolment=self.enrolment, said=form.said, by=self.request.user)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        done = NOTED if noted else TWICE
        if self.request.htmx:
            return HttpResponse(self.fragment(blank_entry(timezone.localdate()), done))
        messages.success(self.request, done)
        return redirect(self.file_url)

    def form_invalid(self, form: QuickEntryForm) -> HttpResponse:
        if not self.request.htmx:
            return super().form_invalid(form)
        return HttpResponse(self.fragment(render_crispy_form(form), ""), status=422)

    def fragment(self, fields: str, done: str) -> str:
        context = {
            "entry_fields": fields,
            "done": done,
            "resumed": "" if done else resumed(self.request),
            "file_url": self.file_url,
            "may_change": True,
            "actions": actions_of(self.enrolment, self.request.user, self.file_url),
            **timeline_of(self.enrolment, self.request, may_change=True),
        }
        # Of a request, what its forms want and nothing more: the shell's context is of no use to a fragment.
        wanted = {"request": self.request, "csrf_token": get_token(self.request)}
        return render_to_string("beneficiaries/_fil.html", context | wanted)


class WithdrawContact(WithdrawRow):
    """For a contact noted by mistake, or in the file of somebody else; its author may write it again at once."""

    model = Contact
    again: Draft | None = None
    form_class = WithdrawContactForm
    submit_label = "Retirer le contact"
    done = "Le contact est retiré ; le fil en garde la trace."

    def rows(self) -> QuerySet:
        """A presence is taken back on the page of its meeting."""
        return super().rows().filter(line__attendance=None)

    def get_title(self) -> str:
        return f"Retirer : {self.row}"

    def get_form_kwargs(self) -> dict[str, Any]:
        theirs = self.row.author_id == self.request.user.pk and bool(following.words_of(self.row))
        return super().get_form_kwargs() | {"may_rewrite": theirs}

    def carry_out(self, given: dict[str, Any]) -> None:
        noted = _as_typed(self.row) if given.get("rewrites") else ""
        following.withdraw_contact(contact=self.row, reason=given["why"], by=self.request.user)
        if noted:
            self.again = keep_typed(author=self.request.user, path=self.file_url, fields=noted)  # type: ignore[arg-type]

    def get_success_url(self) -> str:
        return resume_url(self.again) if self.again else self.file_url


def _as_typed(contact: Contact) -> str:
    """What its author had sent."""
    return urlencode({
        "kind": contact.channel, "result": contact.result, "words": following.words_of(contact),
        "happened_on": contact.happened_on.isoformat(), "minutes": contact.minutes or "",
    })  # fmt: skip


# -- What is to be done next ------------------------------------------------------------------------------
class OnAction(OneRow, ChangesFile):
    model = NextAction

    def get_success_url(self) -> str:
        """Back to where they came from: « À faire », their home, the file."""
        page = WHENCE.get(self.request.GET.get("de", ""))
        return reverse(page) if page else self.file_url


class PostOnAction(OnAction):
    http_method_names = ["post"]


class Settle(PostOnAction):
    """« Fait »."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        following.settle(action=self.row, by=request.user)
        messages.success(request, f"Fait : {self.row.what}. Le fil le dit ; « Rouvrir », dans le dossier, l’annule.")
        return redirect(self.get_success_url())


class Reopen(PostOnAction):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        following.reopen(action=self.row)
        messages.success(request, "Cette action est de nouveau à faire.")
        return redirect(self.get_success_url())


class PutOff(OnAction, ActOnFile):
    form_class = PutOffForm
    done = "L’action est reportée."

    def get_title(self) -> str:
        return f"Reporter ou confier : {self.row.what}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"action": self.row}

    def carry_out(self, given: dict[str, Any]) -> None:
        following.put_off(action=self.row, **given)


class GiveUp(OnAction, ActOnFile):
    form_class = ReasonForm
    submit_label = "Abandonner l’action"
    done = "L’action est abandonnée ; le fil dit pourquoi."

    def get_title(self) -> str:
        return f"Abandonner : {self.row.what}"

    def carry_out(self, given: dict[str, Any]) -> None:
        following.give_up(action=self.row, reason=given["why"], by=self.request.user)


class Actions(ActRequired, Titled, TemplateView):
    """Those that the reader has promised, in whatever programme, the most urgent first."""

    act = Act.LOG_YOUTHS
    template_name = "beneficiaries/actions.html"
    title = "À faire"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        mine, today = promised_by(user), timezone.localdate()
        when = self.request.GET.get("quand", "")
        days = {"retard": {"due_on__lt": today}, "aujourdhui": {"due_on": today}, "plus-tard": {"due_on__gt": today}}
        page = keyset_page(mine.filter(**days.get(when, {})).values(*ACTION_COLUMNS), BY_DUE, self.request.GET)
        deadlines = [] if when in days else deadlines_of(user)
        self.request.trace.listed(row["enrolment"] for row in [*page.rows, *deadlines])  # type: ignore[attr-defined]
        return super().get_context_data(
            page=page,
            actions=actions_in_words(page.rows),
            deadlines=deadlines,
            moments=[(key, label, key == when) for key, label in WHEN.items()],
            narrowed=when in days,
            **kwargs,
        )


ACTION_COLUMNS = ("pk", "what", "due_on", *file_lines.COLUMNS)


def actions_in_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ready for a list outside of any file."""
    today, found = timezone.localdate(), []
    for row in rows:
        file = file_lines.file_line(row)
        when, tone = following.due_in_words(row["due_on"], today)
        url = f"{file['file_url']}action/{row['pk']}/"
        found.append(file | {"what": row["what"], "when": when, "tone": tone, "url": url})
    return found
