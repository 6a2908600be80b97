"""People and their paths. Other applications import from here; the modules inside import from each other."""

from beneficiaries.models.breaks import ApprenticeshipBreak
from beneficiaries.models.bulk import BulkAct, BulkRow
from beneficiaries.models.characteristics import AdultQuality, DiplomaLevel, Public, SchoolLevel, Sex, Situation
from beneficiaries.models.contacts import Contact, NextAction, silent_since
from beneficiaries.models.contracts import Contract
from beneficiaries.models.documents import Document
from beneficiaries.models.exams import Exam
from beneficiaries.models.grants import AccessGrant, OfEnrolmentQuerySet
from beneficiaries.models.handovers import Handover
from beneficiaries.models.lists import ImportBatch, ImportLine, Sender
from beneficiaries.models.merges import MERGED, Merge, paths_absorbed_by
from beneficiaries.models.obstacles import Obstacle
from beneficiaries.models.outcomes import Outcome, seen_before_exit
from beneficiaries.models.paths import EARLIEST_CONTACT, Enrolment, impossible
from beneficiaries.models.people import IMPOSSIBLE, MEANS_OF_CONTACT, PERSON_FIELDS, Beneficiary
from beneficiaries.models.rights import Notice, Objection
from beneficiaries.models.saved import SavedList
from beneficiaries.models.timeline import LogEntry, StepEntry

__all__ = [
    "EARLIEST_CONTACT",
    "IMPOSSIBLE",
    "MEANS_OF_CONTACT",
    "MERGED",
    "PERSON_FIELDS",
    "AccessGrant",
    "AdultQuality",
    "ApprenticeshipBreak",
    "Beneficiary",
    "BulkAct",
    "BulkRow",
    "Contact",
    "Contract",
    "DiplomaLevel",
    "Document",
    "Enrolment",
    "Exam",
    "Handover",
    "ImportBatch",
    "ImportLine",
    "LogEntry",
    "Merge",
    "NextAction",
    "Notice",
    "Objection",
    "Obstacle",
    "OfEnrolmentQuerySet",
    "Outcome",
    "Public",
    "SavedList",
    "SchoolLevel",
    "Sender",
    "Sex",
    "Situation",
    "StepEntry",
    "impossible",
    "paths_absorbed_by",
    "seen_before_exit",
    "silent_since",
]
