from django.urls import path

from partaj.territories import views

app_name = "territories"
urlpatterns = [
    path("territoires/", views.TerritoryList.as_view(), name="territories"),
    path("territoires/nouveau/", views.TerritoryCreate.as_view(), name="territory_create"),
    path("territoires/<int:pk>/", views.TerritoryChange.as_view(), name="territory_change"),
    path("territoires/<int:pk>/supprimer/", views.TerritoryRemove.as_view(), name="territory_remove"),
    path("structures/", views.OrganisationList.as_view(), name="organisations"),
    path("structures/nouvelle/", views.OrganisationCreate.as_view(), name="organisation_create"),
    path("structures/<int:pk>/", views.OrganisationDetail.as_view(), name="organisation"),
    path("structures/<int:pk>/modifier/", views.OrganisationChange.as_view(), name="organisation_change"),
    path("structures/<int:pk>/supprimer/", views.OrganisationRemove.as_view(), name="organisation_remove"),
]
