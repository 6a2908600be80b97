"""The intake form: a person and their path in the programme, on one page."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import FormView

from beneficiaries import services
from beneficiaries.alike import Alike, people_alike
from beneficiaries.forms import IntakeForm
from beneficiaries.lists.likeness import Strength
from beneficiaries.models import PERSON_FIELDS, Beneficiary, Enrolment
from beneficiaries.telling import enumerated
from beneficiaries.views.base import AmongYouths
from partaj.acts import Act, may
from partaj.formats import french_date
from partaj.pages import FormPage

KEY_WORDS = {"ine": "l’INE", "phone": "le téléphone", "email": "le courriel"}
STEP_FIELDS = {"step": "first_step", "entered_on": "first_step_on"}


class Intake(AmongYouths, FormPage, FormView):
    """Somebody already known is proposed only among the people whom the reader may see."""

    act = Act.LOG_YOUTHS
    seen_with = Act.READ_YOUTHS
    writes = True
    form_class = IntakeForm
    template_name = "beneficiaries/intake.html"
    title = "Noter un premier contact"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "person": Beneficiary(),
            "instance": Enrolment(programme=self.programme),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["lacks_territory"] = not context["form"].fields["territory"].queryset.exists()
        context["may_change_programme"] = may(self.request.user, Act.CHANGE_PROGRAMME, self.programme)
        return context

    def get_initial(self) -> dict[str, Any]:
        """`?personne=` comes from the file of somebody who left and is back."""
        asked = self.request.GET.get("personne", "")
        if not asked.isdecimal() or len(asked) > 17:
            return {}
        person = get_object_or_404(Beneficiary.objects.visible_to(self.request.user), pk=asked)
        self.note_shown(self.paths_of([person]))
        return model_to_dict(person, PERSON_FIELDS) | {"known": person.pk}

    def form_valid(self, form: IntakeForm) -> HttpResponse:
        with services.one_intake_at_a_time(programme=self.programme):
            return self.decide(form)

    def decide(self, form: IntakeForm) -> HttpResponse:
        visible = Beneficiary.objects.visible_to(self.request.user)
        if form.chosen is None and not form.is_somebody_new:
            alike = [each for each in people_alike(visible, form.person) if each.strength is not Strength.WEAK]
            if alike:
                return self.ask_who(form, alike)
        if form.chosen and (path := self.paths_of([form.chosen]).filter(programme=self.programme).under_way().first()):
            self.note_shown([path])
            form.add_error(
                None,
                f"{form.chosen} a déjà un parcours en cours dans ce programme depuis le "
                f"{french_date(path.contacted_on)} : notez d’abord son départ, ou reprenez son dossier.",
            )
            return self.form_invalid(form)
        try:
            enrolment = self.take_in(form)
        except ValidationError as refusal:
            for name, sentences in refusal.message_dict.items():
                form.add_error(STEP_FIELDS.get(name), sentences)
            return self.form_invalid(form)
        return self.saved(enrolment)

    def take_in(self, form: IntakeForm) -> Enrolment:
        return services.take_in(
            typed=form.person,
            known=form.chosen,
            enrolment=form.instance,
            step=form.cleaned_data["first_step"],
            step_on=form.cleaned_data["first_step_on"],
            by=self.request.user,
        )

    def saved(self, enrolment: Enrolment) -> HttpResponse:
        messages.success(self.request, f"Le dossier de {enrolment.beneficiary} est ouvert.")
        warn_of_keys(self.request, enrolment.beneficiary)
        return HttpResponseRedirect(reverse("beneficiaries:detail", args=[self.programme.number, enrolment.pk]))

    def paths_of(self, people: list[Beneficiary]) -> Any:
        paths = Enrolment.objects.visible_to(self.request.user).filter(beneficiary__in=people)
        return paths.select_related("programme", "territory").order_by("-contacted_on", "-pk")

    def note_shown(self, paths: Iterable[Enrolment], *, searched: bool = False) -> None:
        """The line that the journal keeps of somebody known whom the form names, by their paths seen by the reader."""
        self.request.trace.listed((path.pk for path in paths), searched=searched)  # type: ignore[attr-defined]

    def ask_who(self, form: IntakeForm, alike: list[Alike]) -> HttpResponse:
        """Nothing is written yet: the same person, or a namesake? What was typed stays in the form."""
        candidates: dict[int, dict[str, Any]] = {
            each.person.pk: {"person": each.person, "reason": each.reason, "paths": [], "under_way": None}
            for each in alike
        }
        paths = list(self.paths_of([each.person for each in alike]))
        self.note_shown(paths, searched=True)
        for path in paths:
            candidate = candidates[path.beneficiary_id]
            candidate["paths"].append(path)
            if path.programme_id == self.programme.pk and path.is_under_way:
                candidate["under_way"] = path
        context = self.get_context_data(form=form, candidates=list(candidates.values()))
        return self.render_to_response(context, status=409)


def warn_of_keys(request: Any, person: Beneficiary) -> None:
    """A key that looks wrong warns, and never blocks; its sentence stays beside it on the file."""
    if doubtful := [KEY_WORDS[name] for name in person.key_warnings]:
        kept = "Tout est gardé tel quel" if len(doubtful) > 1 else "Il est gardé tel quel"
        messages.warning(request, f"À vérifier quand vous pourrez : {enumerated(doubtful)}. {kept}.")
