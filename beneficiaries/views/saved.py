"""The lists that people save: their pages, where they are kept, named, shared, changed, removed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import CreateView, TemplateView, UpdateView

from beneficiaries import saved
from beneficiaries.filters import YouthFilter, reference_choices
from beneficiaries.models import SavedList
from beneficiaries.saved_forms import SavedListForm
from beneficiaries.views.base import AmongYouths
from beneficiaries.views.saved_shown import NOBODY, lists_of
from partaj.acts import Act
from partaj.confirming import ConfirmPage, Refused
from partaj.formats import french_date
from partaj.pages import Crumb, FormPage, Titled
from partaj.revisions import RevisionPage

SAVED_TWICE = "Cette liste était déjà enregistrée : rien n’a été écrit deux fois."


class SavedLists(AmongYouths, Titled, TemplateView):
    """All those that the reader may open, and what each asks."""

    act = Act.READ_YOUTHS
    template_name = "beneficiaries/saved_lists.html"
    title = "Listes enregistrées"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        lists, reference = lists_of(reader, self.programme), reference_choices(reader, self.programme)
        lines = [self.line(each, reference) for each in lists]
        return super().get_context_data(
            mine=[line for line in lines if line["is_own"]],
            others=[line for line in lines if not line["is_own"]],
            list_url=self.list_url,
            **kwargs,
        )

    def line(self, row: SavedList, reference: Any) -> dict[str, Any]:
        reader: Any = self.request.user
        is_own, may_write = row.author_id == reader.pk, not self.programme.is_closed
        return {
            "name": row.name,
            "url": row.address,
            "asks": saved.in_words(row.params, reference),
            "is_own": is_own,
            "who": "pour moi seul" if row.is_private else "partagée",
            "author": row.author or NOBODY,
            "changed_on": french_date(row.changed_at),
            "change_url": row.own_url if is_own and may_write else "",
            "forget_url": f"{row.own_url}supprimer/" if may_write and may_forget(row, reader) else "",
        }


def may_forget(row: SavedList, reader: Any) -> bool:
    """Its author; who answers for the whole programme, where it is shared."""
    leads = reader.reach.everything or row.programme_id in reader.reach.managed
    return row.author_id == reader.pk or (not row.is_private and leads)


class WithFilters(AmongYouths):
    """A page whose address holds the filters of the list; wrong ones lead back to the list, which says which."""

    act = Act.READ_YOUTHS
    writes = True

    def refusal(self) -> HttpResponse | None:
        found = super().refusal()
        if found is None:
            user: Any = self.request.user
            if YouthFilter(self.request.GET, user=user, programme=self.programme).not_understood:
                return redirect(f"{self.list_url}?{self.request.GET.urlencode()}")
        return found

    @property
    def asked(self) -> str:
        return saved.normalised(self.request.GET)


class Save(WithFilters, FormPage, CreateView):
    model = SavedList
    form_class = SavedListForm
    title = "Enregistrer cette liste"
    template_name = "beneficiaries/saved_list.html"

    def get_back_url(self) -> str:
        return f"{self.list_url}?{self.asked}"

    def get_form_kwargs(self) -> dict[str, Any]:
        given = {"instance": SavedList(programme=self.programme, author=self.request.user), "asked": self.request.GET}  # type: ignore[misc]
        return super().get_form_kwargs() | given

    def form_valid(self, form: Any) -> HttpResponse:
        row = form.instance
        try:
            row, is_new = saved.save_list(
                programme=self.programme, name=row.name, query=self.asked, is_private=row.is_private,
                by=self.request.user,
            )  # fmt: skip
        except ValidationError as refusal:
            return self.refused(form, refusal)
        row.programme = self.programme
        messages.success(self.request, f"La liste « {row} » est enregistrée." if is_new else SAVED_TWICE)
        return redirect(row.address)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = reference_choices(self.request.user, self.programme)
        return super().get_context_data(asks=saved.in_words(QueryDict(self.asked), reference), **kwargs)


class OnSavedList(AmongYouths):
    """`self.row`, among those that the reader may open; changed by its author alone."""

    act = Act.READ_YOUTHS
    writes = True
    row: SavedList

    def find(self) -> None:
        super().find()
        self.row = self.get_stored()

    def get_stored(self) -> SavedList:
        rows = SavedList.objects.visible_to(self.request.user).filter(programme=self.programme)
        row = get_object_or_404(rows.select_related("author", "territory"), pk=self.kwargs["pk"])
        row.programme = self.programme
        return row

    def may_write(self) -> bool:
        return self.row.author_id == self.request.user.pk

    def refusal(self) -> HttpResponse | None:
        if not self.may_write():
            raise PermissionDenied
        return super().refusal()

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), (SavedLists.title, self.row.get_absolute_url())]

    def words_of(self, query: str) -> str:
        reference = reference_choices(self.request.user, self.programme)
        return " ; ".join(saved.in_words(QueryDict(query), reference)) or "tout le monde"


class Change(OnSavedList, RevisionPage, UpdateView):
    """Its name, and who sees it."""

    form_class = SavedListForm
    done = "La liste est changée."
    template_name = "beneficiaries/saved_list.html"

    def get_title(self) -> str:
        return f"Modifier la liste « {self.get_stored()} »"

    def get_object(self, queryset: Any = None) -> SavedList:
        return self.row

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"asked": self.row.params}

    def revise(self, form: SavedListForm) -> SavedList:
        return saved.revise_list(row=form.instance, version=form.version_read)

    def get_latest(self, stored: SavedList) -> None:
        """It has no history: nobody but its author changes it."""
        return

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reference = reference_choices(self.request.user, self.programme)
        return super().get_context_data(asks=saved.in_words(self.row.params, reference), **kwargs)


class ReplaceQuery(OnSavedList, WithFilters, ConfirmPage):
    """It asks from now on what the list shows."""

    submit_label = "Enregistrer dans cette liste"
    done = "La liste est changée."

    def get_title(self) -> str:
        return f"Changer ce que montre la liste « {self.row} »"

    def get_sentences(self) -> list[str]:
        shared = [] if self.row.is_private else ["Elle est partagée : elle change pour toute l’équipe."]
        return [
            f"Elle demandera désormais : {self.words_of(self.asked)}.",
            f"Elle demandait : {self.words_of(self.row.query)}.",
            *shared,
        ]

    def get_back_url(self) -> str:
        return f"{self.list_url}?{self.asked}&liste={self.row.pk}"

    def get_done_url(self) -> str:
        return self.row.address

    def carry_out(self) -> None:
        try:
            self.row.query = saved.replace_query(row=self.row, query=self.asked).query
        except ValidationError as refusal:
            raise Refused(" ".join(refusal.messages)) from refusal


class Forget(OnSavedList, ConfirmPage):
    """Its author; for a shared one, whoever answers for the whole programme as well."""

    submit_label = "Supprimer cette liste"
    dangerous = True
    done = "La liste est supprimée."

    def may_write(self) -> bool:
        return may_forget(self.row, self.request.user)

    def get_title(self) -> str:
        return f"Supprimer la liste « {self.row} »"

    def get_sentences(self) -> list[str]:
        whose = "Elle n’est qu’à vous." if self.row.is_private else (
            f"Enregistrée par {self.row.author or NOBODY}, elle disparaît pour toute l’équipe."
        )  # fmt: skip
        return [whose, "Aucun dossier n’est touché : une liste ne garde que des filtres, un tri et des colonnes."]

    def carry_out(self) -> None:
        saved.forget_list(row=self.row)
