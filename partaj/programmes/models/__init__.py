"""A programme and its settings. Other modules import from here; the modules inside import from each other."""

from partaj.programmes.models.annexe_1 import FORM_CODES, ExtraRow, Period, Section, SectionRule
from partaj.programmes.models.funnel import FunnelStep, LossReason
from partaj.programmes.models.programme import OfProgramme, Partnership, Programme

__all__ = [
    "FORM_CODES",
    "ExtraRow",
    "FunnelStep",
    "LossReason",
    "OfProgramme",
    "Partnership",
    "Period",
    "Programme",
    "Section",
    "SectionRule",
]
