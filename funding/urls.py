"""Under /p/<number>/effectifs/."""

from django.urls import path

from funding import views

app_name = "funding"
urlpatterns = [
    path("", views.HeadcountList.as_view(), name="headcounts"),
    path("ajouter/", views.HeadcountAdd.as_view(), name="headcount_add"),
    path("<int:pk>/", views.HeadcountPage.as_view(), name="headcount"),
    path("<int:pk>/modifier/", views.HeadcountChange.as_view(), name="headcount_change"),
    path("<int:pk>/retirer/", views.HeadcountWithdraw.as_view(), name="headcount_withdraw"),
    path("projets/ajouter/", views.ProjectAdd.as_view(), name="project_add"),
    path("projets/<int:pk>/", views.ProjectPage.as_view(), name="project"),
    path("projets/<int:pk>/modifier/", views.ProjectChange.as_view(), name="project_change"),
]
