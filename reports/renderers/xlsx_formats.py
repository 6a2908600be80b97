"""The styles of the workbook, made once each: Excel keeps a style for every distinct look."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reports.tables import RowKind, Unit

INK, GREY, BAND, VIOLET, VIOLET_PAPER = "#1f2933", "#9aa5b1", "#e8edf3", "#6d28d9", "#f5f0ff"
WHOLE, SHARE = "#,##0", "0"  # Excel writes the thousands as the reader's country does: « 5 078 » in France

NAMED: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 17, "valign": "vcenter"},
    "box_label": {"align": "right", "valign": "vcenter", "border": 1, "border_color": GREY},
    "box": {"bold": True, "align": "center", "valign": "vcenter", "border": 1, "border_color": GREY},
    "fact": {"text_wrap": True, "valign": "top"},
    "legend": {"font_color": VIOLET, "italic": True, "text_wrap": True, "valign": "top"},
    "table_title": {"bold": True, "font_size": 13, "bottom": 2, "bottom_color": INK, "valign": "vcenter"},
    "header_label": {"bottom": 1, "bottom_color": GREY},
    "header": {
        "text_wrap": True,
        "align": "right",
        "valign": "bottom",
        "bottom": 1,
        "bottom_color": GREY,
        "bold": True,
    },
    "header_text": {"text_wrap": True, "valign": "bottom", "bottom": 1, "bottom_color": GREY, "bold": True},
    "band": {"bold": True, "bg_color": BAND},
    "note": {"italic": True, "text_wrap": True, "valign": "top", "font_color": "#52606d"},
    "prose": {"text_wrap": True, "valign": "top"},
}
KINDS: dict[RowKind, dict[str, Any]] = {
    RowKind.ROW: {},
    RowKind.SECTION: {"bold": True, "bg_color": BAND},
    RowKind.SUBTOTAL: {"bold": True},
    RowKind.TOTAL: {"bold": True, "top": 1, "top_color": INK},
}


def number_format(unit: Unit, text: str) -> str:
    """With as many decimals as the page prints."""
    decimals = sum(map(str.isdigit, text.rpartition(",")[2])) if "," in text else 0
    pattern = (SHARE if unit is Unit.PERCENT else WHOLE) + ("." + "0" * decimals if decimals else "")
    return pattern + {Unit.PERCENT: "\u00a0%", Unit.EUROS: '\u00a0"€"'}.get(unit, "")


class Formats:
    """Styles by their properties, each added to the workbook the first time that it is asked for."""

    def __init__(self, workbook: Any) -> None:
        self.workbook = workbook
        self.made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def make(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.workbook.add_format({"font_name": "Calibri", "font_size": 11, **properties})
        return self.made[key]

    def get(self, name: str) -> Any:
        return self.make(**NAMED[name])

    def label(self, kind: RowKind, level: int) -> Any:
        return self.make(**KINDS[kind], text_wrap=True, valign="top", indent=min(level, 15))

    def cell(self, kind: RowKind, pattern: str, *, declared: bool, prose: bool) -> Any:
        colours = {"font_color": VIOLET, "bg_color": VIOLET_PAPER} if declared else {}
        shape = {"text_wrap": True} if prose else {"align": "right", "text_wrap": not pattern}
        number = {"num_format": pattern} if pattern else {}
        return self.make(**{**KINDS[kind], **shape, **colours, **number, "valign": "top"})

    def finding(self, value: int | Decimal) -> Any:
        decimals = max(0, -int(value.as_tuple().exponent)) if isinstance(value, Decimal) else 0
        return self.make(valign="top", num_format=WHOLE + ("." + "0" * decimals if decimals else ""))
