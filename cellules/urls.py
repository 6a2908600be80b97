"""Under /p/<number>/cellules/."""

from django.urls import path

from cellules import views

app_name = "cellules"
urlpatterns = [
    path("", views.CellList.as_view(), name="list"),
    path("ajouter/", views.CellAdd.as_view(), name="cell_add"),
    path("<int:pk>/", views.CellPage.as_view(), name="cell"),
    path("<int:pk>/seances/ajouter/", views.SessionAdd.as_view(), name="session_add"),
    path("seances/<int:pk>/", views.SessionPage.as_view(), name="session"),
    path("seances/<int:pk>/situations/ajouter/", views.Study.as_view(), name="study"),
    path("seances/<int:pk>/situations/<int:review>/retirer/", views.ReviewWithdraw.as_view(), name="review_withdraw"),
]
