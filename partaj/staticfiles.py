"""Static files from packages that are not applications (Tabler, the icons), and their lean collection.

Tabler's wheel lacks source maps, and the icons come as 2 050 loose SVG files besides the font that we use.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jazzy_tabler
import js_lib_bootstrap_icons
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGES = {
    Path(jazzy_tabler.__file__).parent / "static": (
        "vendor/tabler/css/tabler.min.css",
        "vendor/tabler/js/tabler.min.js",
    ),
    Path(js_lib_bootstrap_icons.__file__).parent / "static": (
        "bootstrap-icons/font/bootstrap-icons.min.css",
        "bootstrap-icons/font/fonts/bootstrap-icons.woff2",
        "bootstrap-icons/font/fonts/bootstrap-icons.woff",
    ),
}


class AppFinder(AppDirectoriesFinder):
    """Django's own, without source maps."""

    def list(self, ignore_patterns: Any) -> Any:
        return super().list([*(ignore_patterns or []), "*.map"])


class PackageFinder(BaseFinder):
    """Only the named files of packages that are not installed as applications."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        found = [str(root / path) for root, names in PACKAGES.items() if path in names]
        return found if find_all else (found[0] if found else [])

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for root, names in PACKAGES.items():
            storage = FileSystemStorage(location=root)
            for name in names:
                if not matches_patterns(name, ignore_patterns):
                    yield name, storage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Hashed names; source maps are not looked for."""

    patterns = (("*.css", ManifestStaticFilesStorage.patterns[0][1][:2]),)  # url(…) and @import, Django's own

    def create_compressor(self, **kwargs: Any) -> Any:
        return super().create_compressor(use_brotli=False, **kwargs)
