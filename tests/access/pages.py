"""Every named address of the site, as « application:name », but for those of the technical administration."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def named_pages() -> set[str]:
    return set(_names(get_resolver(), ""))


def _names(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.name}"
        elif entry.namespace != "admin":  # one group, walked by tests/door/test_technical.py
            yield from _names(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
