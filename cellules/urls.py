"""Under /p/<number>/cellules/."""

from django.urls import path

from cellules.views import agenda, cells, sessions, study

SITUATIONS = "seances/<int:pk>/situations"

app_name = "cellules"
urlpatterns = [
    path("", cells.CellList.as_view(), name="list"),
    path("ajouter/", cells.CellAdd.as_view(), name="cell_add"),
    path("<int:pk>/", cells.CellPage.as_view(), name="cell"),
    path("<int:pk>/modifier/", cells.CellChange.as_view(), name="cell_change"),
    path("<int:pk>/supprimer/", cells.CellRemove.as_view(), name="cell_remove"),
    path("<int:pk>/seances/ajouter/", sessions.SessionAdd.as_view(), name="session_add"),
    path("ordre-du-jour/", agenda.AgendaMany.as_view(), name="agenda_many"),
    path("seances/<int:pk>/ordre-du-jour/<int:item>/retirer/", agenda.AgendaRemove.as_view(), name="agenda_remove"),
    path("seances/<int:pk>/", sessions.SessionPage.as_view(), name="session"),
    path("seances/<int:pk>/modifier/", sessions.SessionChange.as_view(), name="session_change"),
    path("seances/<int:pk>/supprimer/", sessions.SessionRemove.as_view(), name="session_remove"),
    path(f"{SITUATIONS}/ajouter/", study.Study.as_view(), name="study"),
    path(f"{SITUATIONS}/<int:review>/retirer/", study.ReviewWithdraw.as_view(), name="review_withdraw"),
]
