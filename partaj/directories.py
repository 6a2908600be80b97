"""Lists of reference (structures, territories, programmes, accounts): folded search, filters, keyset pages."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.views.generic import TemplateView

from partaj.lists import LONGEST_QUERY, Order, count_label, keyset_page, search_names
from partaj.pages import Titled
from partaj.scoping import ScopedQuerySet


class SearchForm(forms.Form):
    """What one looks for, in the address; a subclass adds its filters, each named for the field that it narrows."""

    q = forms.CharField(
        label="Rechercher", required=False, max_length=LONGEST_QUERY, widget=forms.TextInput(attrs={"type": "search"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(getattr(field, "queryset", None), ScopedQuerySet):
                field.queryset = field.queryset.visible_to(user)


class DirectoryPage(Titled, TemplateView):
    """`get_queryset()` starts with `visible_to`; what is typed in the address and means nothing is ignored."""

    form_class: type[SearchForm] = SearchForm
    order = Order("nom", "folded_name")
    nouns = ("ligne", "lignes")

    def get_queryset(self) -> QuerySet:
        raise NotImplementedError

    def search(self, queryset: QuerySet, typed: str) -> QuerySet:
        return search_names(queryset, typed, self.order.field)

    def narrow(self, queryset: QuerySet, asked: dict[str, Any]) -> QuerySet:
        """The filters chosen; each is named for the field that it narrows unless a subclass reads it otherwise."""
        return queryset.filter(**asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = self.form_class(self.request.GET, user=self.request.user)
        form.is_valid()
        asked = {name: value for name, value in form.cleaned_data.items() if value}
        typed = asked.pop("q", "")
        found = self.narrow(self.get_queryset(), asked)
        found = self.search(found, typed) if typed else found
        return super().get_context_data(
            form=form,
            page=keyset_page(found, self.order, self.request.GET),
            count=count_label(found, *self.nouns),
            narrowed=any(form.cleaned_data.values()),
            **kwargs,
        )
