"""When the cells meet: the days on which the situations of the youths are studied."""

import datetime as dt

from partaj.territories.demo import BETHUNE, LENS, ROUBAIX, SAMBRE, VALENCIENNES

# AP1-261: a wide territory has two cells.
CELLS = {
    BETHUNE: ["CTL de Béthune", "CTL de Bruay-la-Buissière"],
    LENS: ["CTL de Lens-Liévin", "CTL d’Hénin-Carvin"],
    ROUBAIX: ["CTL de Roubaix", "CTL de Tourcoing"],
    SAMBRE: ["CTL de Maubeuge", "CTL d’Avesnes-Fourmies"],
    VALENCIENNES: ["CTL de Valenciennes", "CTL de Denain"],
}
NAMES = [name for names in CELLS.values() for name in names]
MONTHS = [(2010, month) for month in (9, 10, 11, 12)] + [(2011, month) for month in (1, 2, 3, 4, 5, 6, 9, 10, 11)]
ARMISTICE = (11, 11)

# DEMO: one cell in each territory, and the days until its next meeting; it meets every four weeks.
CELLS_NOW = {BETHUNE: "Cellule de Béthune", VALENCIENNES: "Cellule de Valenciennes"}
NEXT_MEETING = {BETHUNE: 5, VALENCIENNES: 9}
FOUR_WEEKS = dt.timedelta(weeks=4)


def days_of(cell: str) -> list[dt.date]:
    """One meeting a month, on a working day, each cell at its own time of the month."""
    rank = NAMES.index(cell)
    return [_working_day(dt.date(year, month, 5 + rank + rank // 2)) for year, month in MONTHS]


def _working_day(day: dt.date) -> dt.date:
    while day.isoweekday() > 5 or (day.month, day.day) == ARMISTICE:
        day -= dt.timedelta(days=1)
    return day


def days_around(today: dt.date, place: str, first: dt.date) -> list[dt.date]:
    """The meetings of one cell of DEMO, from `first` to the two that are coming."""
    days = [_working_day(today + dt.timedelta(days=NEXT_MEETING[place]) + rank * FOUR_WEEKS) for rank in (1, 0)]
    while (earlier := _working_day(days[-1] - FOUR_WEEKS)) >= first:
        days.append(earlier)
    return sorted(days)
