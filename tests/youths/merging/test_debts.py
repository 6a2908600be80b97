"""What a new field or a new table owes to mergers: it is asked, or answers itself; it is carried over."""

from django.db.models import ForeignKey

from beneficiaries.merging import questions
from beneficiaries.merging.moving import Ledger, absorb, give_back, put_back, unique_together_with
from beneficiaries.models import Beneficiary, Enrolment
from partaj.territories.models import Organisation

# What `twin_of` does not read, and the merger refuses beforehand: two offers that both wait (`uniting.OFFERED_TWICE`).
REFUSED_BEFORE = {"handover_one_pending"}


def test_every_field_of_both_files_is_asked_or_answers_itself():
    settled = {
        Beneficiary: {"id", "version", "sort_name", "phone_digits"},  # derived
        Enrolment: {"id", "beneficiary", "programme", "version", "created_at", *questions.EARLIEST}
        | {"sex", "sort_name", "age_band", "entry_rank", "profile"},
    }
    for model, groups in ((Beneficiary, questions.OF_A_PERSON), (Enrolment, questions.OF_A_PATH)):
        asked = {name for names in groups for name in names}
        assert asked | settled[model] == {field.name for field in model._meta.concrete_fields}


def test_every_table_that_hangs_on_a_file_can_be_carried_over():
    """By a foreign key, and with no rule of uniqueness that `twin_of` cannot read."""
    for model in (Beneficiary, Enrolment):
        for relation in model._meta.related_objects:
            assert isinstance(relation.field, ForeignKey), relation
            rules = relation.related_model._meta.constraints
            rules = [rule for rule in rules if rule.name not in REFUSED_BEFORE]
            unread = [rule for rule in rules if relation.field.name in getattr(rule, "fields", ())]
            known = list(map(tuple, unique_together_with(relation.related_model, relation.field)))
            assert [rule.name for rule in unread if tuple(rule.fields) not in known] == []


def test_rows_that_may_hang_on_nothing_are_carried_over_too(world):
    """A column that may be empty (« repéré par »), and rows that bear a mark of their own."""
    twin = Organisation.objects.create(name="Centre social Béthune", kind="centre_social")
    Enrolment.objects.filter(pk=world.lea.pk).update(found_by=twin)
    before = list(Organisation.objects.order_by("pk").values())
    ledger = Ledger()
    absorb(world.holder, Organisation.objects.get(pk=twin.pk), ledger, same={}, by=world.manager)
    assert list(world.holder.found_enrolments.all()) == [world.lea]
    assert Enrolment.objects.get(pk=world.helene.pk).found_by is None
    for image in reversed(ledger.removed):
        put_back(image, by=world.manager)
    for move in reversed(ledger.moved):
        give_back(move)
    assert list(Organisation.objects.order_by("pk").values()) == before
    assert Enrolment.objects.get(pk=world.lea.pk).found_by_id == twin.pk


def test_who_may_unite_a_file_is_offered_it_and_nobody_else(world):
    from partaj.acts import Act, may

    for user in world.cast.values():
        offered = {path for path in Enrolment.objects.all() if may(user, Act.MERGE_FILES, path.programme)}
        assert set(Enrolment.objects.mergeable_by(user)) == offered
