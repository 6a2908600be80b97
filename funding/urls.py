"""Under /p/<number>/effectifs/."""

from django.urls import path

from funding.views import headcounts, projects

app_name = "funding"
urlpatterns = [
    path("", projects.ProjectList.as_view(), name="headcounts"),
    path("ajouter/", headcounts.HeadcountAdd.as_view(), name="headcount_add"),
    path("<int:pk>/", headcounts.HeadcountPage.as_view(), name="headcount"),
    path("<int:pk>/modifier/", headcounts.HeadcountChange.as_view(), name="headcount_change"),
    path("<int:pk>/retirer/", headcounts.HeadcountWithdraw.as_view(), name="headcount_withdraw"),
    path("projets/ajouter/", projects.ProjectAdd.as_view(), name="project_add"),
    path("projets/<int:pk>/", projects.ProjectPage.as_view(), name="project"),
    path("projets/<int:pk>/modifier/", projects.ProjectChange.as_view(), name="project_change"),
]
