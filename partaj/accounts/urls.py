from django.urls import path

from partaj.accounts import views
from partaj.accounts.draft_views import DiscardDraft

app_name = "accounts"
urlpatterns = [
    path("comptes/saisies/<int:pk>/ecarter/", DiscardDraft.as_view(), name="discard_draft"),
    path("comptes/", views.AccountList.as_view(), name="list"),
    path("comptes/nouveau/", views.AccountCreate.as_view(), name="create"),
    path("comptes/<int:pk>/", views.AccountDetail.as_view(), name="account"),
    path("comptes/<int:pk>/modifier/", views.AccountChange.as_view(), name="change"),
    path("comptes/<int:pk>/courriel/", views.AccountWelcome.as_view(), name="welcome"),
    path("comptes/<int:pk>/suspendre/", views.AccountSuspend.as_view(), name="suspend"),
    path("comptes/<int:pk>/reactiver/", views.AccountRestore.as_view(), name="restore"),
    path("comptes/<int:pk>/roles/donner/", views.RoleGive.as_view(), name="role_give"),
    path("comptes/<int:pk>/roles/<int:role_pk>/fin/", views.RoleEnd.as_view(), name="role_end"),
]
