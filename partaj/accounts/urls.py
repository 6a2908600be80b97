from django.urls import path

from partaj.accounts.draft_views import DiscardDraft

app_name = "accounts"
urlpatterns = [
    path("comptes/saisies/<int:pk>/ecarter/", DiscardDraft.as_view(), name="discard_draft"),
]
