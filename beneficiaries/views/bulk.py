"""Several files of the list at one go: whom it concerns is shown first, then it is done to those and to no other."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views.generic import FormView

from beneficiaries import bulk
from beneficiaries.bulk import Outcome
from beneficiaries.bulk_forms import AssignManyForm, FilesRead, InviteManyForm, LettersForm, StepManyForm
from beneficiaries.bulk_invitations import invite_many
from beneficiaries.bulk_referents import assign_many
from beneficiaries.bulk_steps import enter_step_many
from beneficiaries.filters import YouthFilter, order_of
from beneficiaries.letters import write_to_many
from beneficiaries.models import Contact, Enrolment, Mailing, with_last_result
from beneficiaries.views.base import AmongYouths
from partaj.acts import Act
from partaj.formats import counted, french_date, french_integer
from partaj.lists import capped_count
from partaj.navigation import address
from partaj.pages import Crumb, FormPage
from partaj.programmes.models import Programme

FORMER = 5  # letters whose text may be taken up again
NOWHERE = "jeune n’a pas d’adresse à son dossier", "jeunes n’ont pas d’adresse à leur dossier"
ALONE = "jeune n’a pas de référent", "jeunes n’ont pas de référent"
LEFT = "jeune n’est plus dans le parcours", "jeunes ne sont plus dans le parcours"
UNWILLING = "jeune ne souhaite pas être recontacté", "jeunes ne souhaitent pas être recontactés"
NAMED = 12  # files named in a message
NOTHING_LEFT = "Rien n’était à faire : ces dossiers sont déjà ainsi."
MEANWHILE = (
    "dossier a changé de référent entre-temps et reste ainsi",
    "dossiers ont changé de référent entre-temps et restent ainsi",
)
TOO_OLD = "Cette page ne disait plus de quels dossiers il s’agit : choisissez-les de nouveau. Rien n’a changé."


def named(files: list[Enrolment]) -> str:
    """« Léa Moreau, Karim Benali et 3 autres »."""
    names = [file.beneficiary.full_name for file in files[:NAMED]]
    more = len(files) - len(names)
    return ", ".join(names) + (f" et {counted(more, 'autre')}" if more else "")


def lines_of(files: list[Enrolment], list_url: str) -> list[dict[str, str]]:
    """Ready for the table of files that an act concerns. `files` come with their person, territory and referent."""
    return [
        {
            "url": f"{list_url}{file.pk}/",
            "name": file.beneficiary.full_name,
            "territory": file.territory.name,
            "referent": str(file.referent or "sans référent"),
        }
        for file in files
    ]


class OnTheWay:
    """A page that plans what was missing to do something with several youths, and then comes back to them: its address
    says of them what theirs said, ticked or filtered. Beside InProgramme and FormPage."""

    for_these: tuple[str, type[SeveralFiles]]  # the page to which it comes back: its name, and its class
    planned_as: str  # how its address names what was planned
    request: HttpRequest
    programme: Programme

    @cached_property
    def chosen(self) -> QueryDict:
        """Empty where the page was opened for itself."""
        asked = self.request.GET
        return asked if asked.getlist("dossier") or asked.get("tous") == "1" else QueryDict()

    @property
    def submit_label(self) -> str:
        return "Prévoir, puis revenir à ces jeunes" if self.chosen else FormPage.submit_label

    def get_crumbs(self) -> list[Crumb]:
        if not self.chosen:
            return super().get_crumbs()  # type: ignore[misc]
        name, page = self.for_these
        way = ("Jeunes", address("beneficiaries:list", self.programme.number))
        return [way, (page.title, f"{address(name, self.programme.number)}?{self.chosen.urlencode()}")]

    def back_with(self, planned: Model) -> HttpResponse:
        asked = self.chosen.copy()
        asked[self.planned_as] = str(planned.pk)
        return redirect(f"{address(self.for_these[0], self.programme.number)}?{asked.urlencode()}")


class SeveralFiles(AmongYouths, FormPage, FormView):
    """GET shows whom it concerns; POST does it to those that were shown, and to no other."""

    act = Act.LOG_YOUTHS
    seen_with: Act | None = Act.READ_YOUTHS
    writes = True
    meanwhile = MEANWHILE  # what is said of the files that were left alone
    files: list[Enrolment]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.more = ""
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.files = self.shown_before()
        if not self.files:
            messages.warning(request, TOO_OLD)
            return redirect(self.list_url)
        return super().post(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.files = list(with_all(self.chosen())[: bulk.MOST])
        return super().get(request, *args, **kwargs)

    def get_crumbs(self) -> list[Crumb]:
        return [*super().get_crumbs(), *self.whence()]

    def whence(self) -> list[Crumb]:
        """`?de=dossier`: the file, where this page was opened from the only one that it concerns."""
        if self.request.GET.get("de") != "dossier" or len(self.files) != 1:
            return []
        return [(self.files[0].beneficiary.full_name, f"{self.list_url}{self.files[0].pk}/")]

    def chosen(self) -> QuerySet:
        """`?dossier=` once for each that is ticked; or `?tous=1` with the filters of the list."""
        asked = self.request.GET
        if asked.get("tous") != "1":
            ticked = [number for number in asked.getlist("dossier") if number.isdecimal() and len(number) < 18]
            return self.offered().filter(pk__in=ticked[: bulk.MOST]).order_by("sort_name", "pk")
        filtered = YouthFilter(asked, user=self.request.user, programme=self.programme)
        files = self.offered().filter(pk__in=filtered.qs.order_by().values("pk"))
        found, beyond = capped_count(files)
        if found > bulk.MOST:
            every = f"plus de {french_integer(found)}" if beyond else french_integer(found)
            self.more = (
                f"Les filtres donnent {every} dossiers : voici les {bulk.MOST} premiers, et rien ne change aux autres. "
                "Réduisez les filtres, ou recommencez ensuite."
            )
        return files.order_by(order_of(asked).order_by(), "pk")

    def shown_before(self) -> list[Enrolment]:
        read = FilesRead(scope=[self.request.user.pk, self.programme.pk]).to_python(self.request.POST.get("read"))  # type: ignore[list-item]
        return list(with_all(self.mine().filter(pk__in=read)).order_by("sort_name", "pk")) if read else []

    def mine(self) -> QuerySet:
        return Enrolment.objects.changeable_by(self.request.user).filter(programme=self.programme)

    def offered(self) -> QuerySet:
        """Among which the page shows those that are chosen."""
        return self.mine()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"programme": self.programme, "files": self.files}

    def carry_out(self, form: Any) -> Outcome:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            outcome = self.carry_out(form)
        except ValidationError as refusal:
            return self.refused(form, refusal)
        if outcome.skipped:
            words = counted(len(outcome.skipped), *self.meanwhile)
            skipped = sorted(outcome.skipped, key=lambda file: (file.sort_name, file.pk))
            messages.warning(self.request, f"{words} : {named(skipped)}.")
        if outcome.act is None:
            messages.info(self.request, NOTHING_LEFT)
            return redirect(outcome.already.get_absolute_url() if outcome.already else self.get_back_url())
        if back := self.whence():
            messages.success(self.request, f"C’est fait : {outcome.act.told}.")
            return redirect(back[0][1])
        messages.success(self.request, f"C’est fait : {outcome.act.told}. Cette page permet de tout défaire.")
        return redirect(outcome.act.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.request.trace.listed(file.pk for file in self.files)  # type: ignore[attr-defined]
        return super().get_context_data(
            rows=lines_of(self.files, self.list_url),
            count=counted(len(self.files), "dossier"),
            more=self.more,
            list_url=self.list_url,
            **kwargs,
        )


def with_all(files: QuerySet) -> QuerySet:
    return files.select_related("beneficiary", "territory", "referent")


class AssignMany(SeveralFiles):
    title = "Confier plusieurs dossiers"
    form_class = AssignManyForm
    template_name = "beneficiaries/bulk_assign.html"
    submit_label = "Confier ces dossiers"

    def carry_out(self, form: AssignManyForm) -> Outcome:
        given = form.cleaned_data
        return assign_many(
            programme=self.programme, read=given["read"], referent=given["referent"], by=self.request.user
        )


class StepMany(SeveralFiles):
    title = "Noter une étape dans plusieurs dossiers"
    form_class = StepManyForm
    template_name = "beneficiaries/bulk_form.html"
    submit_label = "Noter cette étape"
    meanwhile = (
        "dossier reste ainsi : l’étape y est déjà, ou précède le premier contact",
        "dossiers restent ainsi : l’étape y est déjà, ou précède le premier contact",
    )

    def carry_out(self, form: StepManyForm) -> Outcome:
        given = form.cleaned_data
        return enter_step_many(
            programme=self.programme, numbers=given["read"], step=given["step"], entered_on=given["entered_on"],
            by=self.request.user,
        )  # fmt: skip


class ReachesYouths(SeveralFiles):
    """Tells who has left, and who wants to be contacted no more; one click leaves them out (`?sans=`)."""

    def offered(self) -> QuerySet:
        files, left_out = super().offered(), self.request.GET.getlist("sans")
        if "partis" in left_out:
            files = files.under_way()
        if "refus" in left_out:
            files = with_last_result(files).exclude(last_result=Contact.Result.NO_MORE)
        return files

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = Enrolment.objects.filter(pk__in=[file.pk for file in self.files])
        refusals = with_last_result(shown).filter(last_result=Contact.Result.NO_MORE)
        unwilling = set(refusals.values_list("pk", flat=True))
        told = [
            ("partis", LEFT, [file for file in self.files if not file.is_under_way]),
            ("refus", UNWILLING, [file for file in self.files if file.pk in unwilling]),
        ]
        return super().get_context_data(
            reserves=[
                {
                    "sentence": f"{counted(len(files), *words)} : {named(files)}.",
                    "url": self.without(who),
                    "aside": "Le laisser de côté" if len(files) == 1 else "Les laisser de côté",
                }
                for who, words, files in told
                if files
            ],
            **kwargs,
        )

    def without(self, who: str) -> str:
        """The address of this page without them; "" once it was sent, since it then goes by what it had shown."""
        if self.request.method != "GET":
            return ""
        asked = self.request.GET.copy()
        asked.appendlist("sans", who)
        return f"?{asked.urlencode()}"


class InviteMany(ReachesYouths):
    title = "Inviter plusieurs jeunes"
    form_class = InviteManyForm
    template_name = "beneficiaries/bulk_invite.html"
    submit_label = "Inviter"
    meanwhile = (
        "jeune n’est pas invité : il l’est déjà, ou n’est pas du territoire de la réunion",
        "jeunes ne sont pas invités : ils le sont déjà, ou ne sont pas du territoire de la réunion",
    )

    def carry_out(self, form: InviteManyForm) -> Outcome:
        given = form.cleaned_data
        return invite_many(
            programme=self.programme, numbers=given["read"], gathering=given["gathering"], by=self.request.user
        )

    def get_initial(self) -> dict[str, Any]:
        """`?reunion=`: the meeting that was planned on the way, for these very youths."""
        return super().get_initial() | {"gathering": self.request.GET.get("reunion")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new_url = address("beneficiaries:new_gathering", self.programme.number)
        return super().get_context_data(new_url=f"{new_url}?{self.request.GET.urlencode()}", **kwargs)


class Letters(ReachesYouths):
    """`?modele=`: a former letter, whose text is taken up again."""

    title = "Écrire à plusieurs jeunes"
    form_class = LettersForm
    template_name = "beneficiaries/bulk_letters.html"
    submit_label = "Préparer les lettres"
    meanwhile = (
        "dossier n’a pas de nouvelle lettre : il a déjà celle-ci, ou elle précéderait le premier contact",
        "dossiers n’ont pas de nouvelle lettre : ils ont déjà celle-ci, ou elle précéderait le premier contact",
    )

    def former(self) -> QuerySet[Mailing]:
        mine = Mailing.objects.visible_to(self.request.user).filter(act__programme=self.programme)
        return mine.order_by("-pk")

    def get_initial(self) -> dict[str, Any]:
        asked, initial = self.request.GET.get("modele", ""), super().get_initial()
        found = self.former().filter(pk=asked).first() if asked.isdecimal() and len(asked) < 18 else None
        if found is None:
            return initial | {"signed_by": str(self.request.user)}
        return initial | {name: getattr(found, name) for name in ("subject", "body", "signed_by", "place")}

    def carry_out(self, form: LettersForm) -> Outcome:
        given = form.cleaned_data
        return write_to_many(
            programme=self.programme, numbers=given["read"], text=form.text, written_on=given["written_on"],
            by=self.request.user,
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        nowhere = [file for file in self.files if not file.beneficiary.address]
        alone = [file for file in self.files if file.referent_id is None]
        asked = self.request.GET.copy()
        models = []
        for mailing in self.former()[:FORMER]:
            asked["modele"] = str(mailing.pk)
            models.append({"words": f"{mailing} du {french_date(mailing.written_on)}", "url": f"?{asked.urlencode()}"})
        return super().get_context_data(
            nowhere=f"{counted(len(nowhere), *NOWHERE)} : {named(nowhere)}." if nowhere else "",
            alone=f"{counted(len(alone), *ALONE)} : {named(alone)}." if alone else "",
            models=models,
            **kwargs,
        )
