"""What the forms of the ground post, where, and what a page costs."""


def fiche_of(programme, **changes):
    """What the form of the fiche posts when nothing else is touched."""
    fields = {
        "title": programme.title,
        "last_column": "entered",
        "outcomes_base": "gone",
        "silent_after_days": "30",
        "territories": [each.pk for each in programme.territories.all()],
        "version": programme.version,
    }
    return fields | changes


def settings_url(number, part, *more):
    return "/".join(["", "p", number, "programme", "reglages", part, *(str(each) for each in more), ""])


def count_queries(client, url, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
