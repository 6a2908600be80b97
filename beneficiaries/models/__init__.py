"""People and their paths. Other applications import from here; the modules inside import from each other."""

from beneficiaries.models.breaks import ApprenticeshipBreak
from beneficiaries.models.bulk import BulkAct, BulkRow
from beneficiaries.models.characteristics import AdultQuality, DiplomaLevel, Public, SchoolLevel, Sex, Situation
from beneficiaries.models.contacts import Contact, NextAction, overdue_among, silent_since, with_last_result
from beneficiaries.models.contracts import Contract
from beneficiaries.models.documents import Document
from beneficiaries.models.exams import Exam
from beneficiaries.models.gatherings import Attendance, Gathering
from beneficiaries.models.grants import AccessGrant, AnyFile, OfEnrolmentQuerySet
from beneficiaries.models.handovers import Handover
from beneficiaries.models.letters import Mailing
from beneficiaries.models.lists import ImportBatch, ImportLine, Sender
from beneficiaries.models.merges import MERGED, Merge, paths_absorbed_by
from beneficiaries.models.obstacles import Obstacle
from beneficiaries.models.outcomes import Outcome, seen_before_exit, without_outcome
from beneficiaries.models.paths import EARLIEST_CONTACT, NEW_FOR, Enrolment, impossible
from beneficiaries.models.people import IMPOSSIBLE, MEANS_OF_CONTACT, PERSON_FIELDS, Beneficiary
from beneficiaries.models.rights import Notice, Objection
from beneficiaries.models.saved import SavedList
from beneficiaries.models.timeline import LogEntry, StepEntry

__all__ = [
    "EARLIEST_CONTACT",
    "IMPOSSIBLE",
    "MEANS_OF_CONTACT",
    "MERGED",
    "NEW_FOR",
    "PERSON_FIELDS",
    "AccessGrant",
    "AdultQuality",
    "AnyFile",
    "ApprenticeshipBreak",
    "Attendance",
    "Beneficiary",
    "BulkAct",
    "BulkRow",
    "Contact",
    "Contract",
    "DiplomaLevel",
    "Document",
    "Enrolment",
    "Exam",
    "Gathering",
    "Handover",
    "ImportBatch",
    "ImportLine",
    "LogEntry",
    "Mailing",
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
    "overdue_among",
    "paths_absorbed_by",
    "seen_before_exit",
    "silent_since",
    "with_last_result",
    "without_outcome",
]
