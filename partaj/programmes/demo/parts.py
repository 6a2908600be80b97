"""What the three programmes are made of, written the same way for each."""

from collections.abc import Iterable
from typing import Any

from partaj.demonstration import Demonstration
from partaj.programmes.models import FunnelStep, LossReason, Partnership, Programme


def make_programme(box: Demonstration, number: str, *, territories: Iterable[str], **fields: Any) -> Programme:
    """`holder` and `evaluator` by name."""
    for role in ("holder", "evaluator"):
        fields[role] = box.organisations[fields[role]]
    programme = Programme.objects.create(number=number, is_demonstration=True, **fields)
    programme.territories.set([box.territories[name] for name in territories])
    box.programmes[number] = programme
    return programme


def make_funnel(
    box: Demonstration, programme: Programme, steps: Iterable[tuple[str, str]], reasons: Iterable[tuple[str, str, bool]]
) -> None:
    """`steps`: code, label. `reasons`: code, label, whether it counts as « abandon ou exclusion »."""
    box.steps[programme.number] = {
        code: FunnelStep.objects.create(programme=programme, position=position, code=code, label=label)
        for position, (code, label) in enumerate(steps, start=1)
    }
    box.reasons[programme.number] = {
        code: LossReason.objects.create(
            programme=programme, position=position, code=code, label=label, counts_as_abandonment=abandonment
        )
        for position, (code, label, abandonment) in enumerate(reasons, start=1)
    }


def make_partnerships(
    box: Demonstration, programme: Programme, kind: str, partners: Iterable[tuple[str, str, int | None]]
) -> None:
    """`partners`: structure, role, amount in euros."""
    for position, (name, role, amount) in enumerate(partners, start=1):
        Partnership.objects.create(
            programme=programme, position=position, organisation=box.organisations[name], kind=kind, role=role,
            amount=amount,
        )  # fmt: skip
