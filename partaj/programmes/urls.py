from django.urls import path

from partaj.programmes import part_views, views

app_name = "programmes"
urlpatterns = [
    path("programmes/", views.ProgrammeList.as_view(), name="list"),
    path("programmes/nouveau/", views.ProgrammeCreate.as_view(), name="create"),
    path("p/<slug:number>/programme/", views.ProgrammeDetail.as_view(), name="detail"),
    path("p/<slug:number>/programme/modifier/", views.ProgrammeChange.as_view(), name="change"),
    path("p/<slug:number>/programme/clore/", views.ProgrammeClose.as_view(), name="close"),
    path("p/<slug:number>/programme/rouvrir/", views.ProgrammeReopen.as_view(), name="reopen"),
    path("p/<slug:number>/programme/reglages/<slug:setting>/", part_views.PartList.as_view(), name="part"),
    path(
        "p/<slug:number>/programme/reglages/<slug:setting>/ajouter/",
        part_views.PartCreate.as_view(),
        name="part_create",
    ),
    path(
        "p/<slug:number>/programme/reglages/<slug:setting>/<int:pk>/",
        part_views.PartChange.as_view(),
        name="part_change",
    ),
    path(
        "p/<slug:number>/programme/reglages/<slug:setting>/<int:pk>/deplacer/",
        part_views.PartMove.as_view(),
        name="part_move",
    ),
    path(
        "p/<slug:number>/programme/reglages/<slug:setting>/<int:pk>/supprimer/",
        part_views.PartRemove.as_view(),
        name="part_remove",
    ),
]
