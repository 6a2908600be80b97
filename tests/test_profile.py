"""The packed profile says what the columns say, whatever changed them; annexe 1 reads it from the index alone."""

import datetime as dt

from django.db import connection
from django.db.models import Count
from hypothesis import given
from hypothesis import strategies as st

from beneficiaries import services
from beneficiaries.ages import AgeBand
from beneficiaries.models import AdultQuality, Beneficiary, Enrolment, Public, SchoolLevel, Sex, Situation
from beneficiaries.profile import PLACES, pack
from tests.world import make_youth

CHOICES = {
    "public": Public, "age_band": AgeBand, "situation": Situation, "school_level": SchoolLevel, "sex": Sex,
    "adult_quality": AdultQuality,
}  # fmt: skip


def stored_and_packed():
    return [(each.profile, pack(each)) for each in Enrolment.objects.all()]


def test_every_code_of_every_list_has_its_place():
    for field, choices in CHOICES.items():
        assert PLACES[field].codes == tuple(choices.values)
        assert len(choices.values) < 1 << PLACES[field].width


def test_places_do_not_overlap_and_fit_a_column():
    masks = [place.mask for place in PLACES.values()]
    assert sum(masks) == (1 << sum(place.width for place in PLACES.values())) - 1
    assert sum(masks) < 1 << 31


@given(
    st.fixed_dictionaries(
        {field: st.sampled_from(["", *choices.values]) for field, choices in CHOICES.items() if field != "public"}
        | {"public": st.sampled_from(Public.values)}
        | {f: st.sampled_from([None, True, False]) for f in PLACES if PLACES[f].codes == (False, True)}
        | {
            "entry_rank": st.sampled_from([None, 1, 2]),
            "first_reviewed_on": st.sampled_from([None, dt.date(2025, 1, 1)]),
        }
    )
)
def test_unpacking_gives_back_what_was_packed(values):
    profile = pack(Enrolment(**values))
    for field, place in PLACES.items():
        number = (profile >> place.shift) & (place.mask >> place.shift)
        read = place.codes[number - 1] if number else None
        expected = {
            "first_entry": values["entry_rank"] == 1 or None,
            "reviewed": bool(values["first_reviewed_on"]) or None,
        }
        assert read == expected.get(field, values.get(field) if values.get(field) != "" else None)


def test_the_profile_follows_every_decision(world):
    back = make_youth(
        world.programme, world.bethune, beneficiary=world.lea.beneficiary,
        contacted_on=dt.date(2024, 9, 1), entered_on=dt.date(2024, 9, 10),
    )  # fmt: skip
    world.lea.refresh_from_db()
    assert (back.entry_rank, world.lea.entry_rank) == (1, 2)  # the earlier entry counts, whenever it was typed
    services.note_session(enrolments=[world.helene, back], held_on=dt.date(2025, 4, 1), sentence="Étudiée.")
    services.withdraw_session(
        enrolment=back, held_on=dt.date(2025, 4, 1), earliest=None, reason="erreur", by=world.manager
    )
    person = Beneficiary.objects.get(pk=world.karim.beneficiary_id)
    person.birth_date = dt.date(2009, 1, 1)
    services.revise(
        beneficiary=person,
        enrolment=Enrolment.objects.get(pk=world.karim.pk),
        versions=(person.version, world.karim.version),
    )
    assert [stored for stored, _ in stored_and_packed()] == [packed for _, packed in stored_and_packed()]
    world.karim.refresh_from_db()
    assert world.karim.age_band == "16-18"


def test_the_index_alone_answers_the_annexe(world):
    grouped = Enrolment.objects.filter(programme=world.programme).order_by().values("profile").annotate(n=Count("*"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Three rows, and no statistics on them: the ways that such a table would be read are closed one by one,
            # so that the plan says whether the index can answer alone, not which index the planner guessed cheaper.
            for way in ("seqscan", "bitmapscan", "indexscan"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = grouped.explain()
    assert "enrolment_profiles_programme" in plan
    assert "COVERING INDEX" in plan or "Index Only Scan" in plan
