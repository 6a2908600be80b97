"""{% rows %}: the same HTML for each line of a long list, every value escaped."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe


def printed(source, *lines):
    return Template(source).render(Context({"lines": lines}))


def test_each_value_is_escaped_once_and_what_is_safe_is_kept():
    source = '{% rows lines %}<li class="{css}">{words}</li>{% endrows %}'
    hostile = {"css": '" onclick="x', "words": "<b>Léa & Zoé</b> {css} %s"}
    prepared = {"css": "line", "words": mark_safe("<b>Léa &amp; Zoé</b>"), "beside": "left out"}
    assert printed(source, hostile, prepared) == (
        '<li class="&quot; onclick=&quot;x">&lt;b&gt;Léa &amp; Zoé&lt;/b&gt; {css} %s</li>'
        '<li class="line"><b>Léa &amp; Zoé</b></li>'
    )
    assert printed(source) == ""


def test_a_word_that_the_view_forgot_is_an_error():
    with pytest.raises(KeyError, match="words"):
        printed("{% rows lines %}{words}{% endrows %}", {"css": "line"})


@pytest.mark.parametrize("inside", ["{{ words }}", "{% if words %}x{% endif %}", "{words.__class__}", "{0}", "{}"])
def test_it_holds_names_and_nothing_else(inside):
    with pytest.raises(TemplateSyntaxError):
        Template(f"{{% rows lines %}}{inside}{{% endrows %}}")
