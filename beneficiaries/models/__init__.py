"""People and their paths. Other applications import from here; the modules inside import from each other."""

from beneficiaries.models.breaks import ApprenticeshipBreak
from beneficiaries.models.characteristics import AdultQuality, DiplomaLevel, Public, SchoolLevel, Sex, Situation
from beneficiaries.models.grants import AccessGrant, OfEnrolmentQuerySet
from beneficiaries.models.lists import ImportBatch, ImportLine, Sender
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment, impossible
from beneficiaries.models.people import IMPOSSIBLE, Beneficiary
from beneficiaries.models.timeline import LogEntry, StepEntry

__all__ = [
    "EARLIEST_CONTACT",
    "IMPOSSIBLE",
    "AccessGrant",
    "AdultQuality",
    "ApprenticeshipBreak",
    "Beneficiary",
    "DiplomaLevel",
    "Enrolment",
    "ImportBatch",
    "ImportLine",
    "LogEntry",
    "OfEnrolmentQuerySet",
    "Public",
    "SchoolLevel",
    "Sender",
    "Sex",
    "Situation",
    "StepEntry",
    "impossible",
]
