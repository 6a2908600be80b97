from django.urls import include, path

from partaj.accounts import views
from partaj.accounts.calendars.views import CalendarOfAccount, NewCalendar, OwnCalendar, WithdrawCalendar
from partaj.accounts.draft_views import DiscardDraft
from partaj.accounts.proconnect.office import ProConnectUnlink
from partaj.accounts.review import ReviewConfirm, ReviewEnd, ReviewList
from partaj.accounts.rules_views import WhoSeesWhat
from partaj.accounts.second_factor.office import SecondFactorReset

app_name = "accounts"
urlpatterns = [
    path("comptes/saisies/<int:pk>/ecarter/", DiscardDraft.as_view(), name="discard_draft"),
    path("comptes/", views.AccountList.as_view(), name="list"),
    path("comptes/nouveau/", views.AccountCreate.as_view(), name="create"),
    path("comptes/<int:pk>/", views.AccountDetail.as_view(), name="account"),
    path("comptes/<int:pk>/modifier/", views.AccountChange.as_view(), name="change"),
    path("comptes/<int:pk>/inviter/", views.AccountInvite.as_view(), name="invite"),
    path("comptes/<int:pk>/invitation/annuler/", views.InvitationCancel.as_view(), name="cancel_invitation"),
    path("comptes/<int:pk>/suspendre/", views.AccountSuspend.as_view(), name="suspend"),
    path("comptes/<int:pk>/reactiver/", views.AccountRestore.as_view(), name="restore"),
    path("comptes/<int:pk>/second-facteur/", SecondFactorReset.as_view(), name="reset_second_factor"),
    path("comptes/<int:pk>/agenda/retirer/", CalendarOfAccount.as_view(), name="withdraw_calendar_of"),
    path("comptes/<int:pk>/proconnect/", ProConnectUnlink.as_view(), name="unlink_proconnect"),
    path("comptes/<int:pk>/roles/donner/", views.RoleGive.as_view(), name="role_give"),
    path("comptes/<int:pk>/roles/<int:role_pk>/fin/", views.RoleEnd.as_view(), name="role_end"),
    path("mon-agenda/", OwnCalendar.as_view(), name="calendar"),
    path("mon-agenda/nouvelle-adresse/", NewCalendar.as_view(), name="new_calendar"),
    path("mon-agenda/retirer/", WithdrawCalendar.as_view(), name="withdraw_calendar"),
    path("qui-peut-voir-quoi/", WhoSeesWhat.as_view(), name="rules"),
    path("journal/", include("partaj.accounts.journal.urls")),
    path("revue-des-acces/", ReviewList.as_view(), name="review"),
    path("revue-des-acces/<int:pk>/confirmer/", ReviewConfirm.as_view(), name="review_confirm"),
    path("revue-des-acces/<int:pk>/fin/", ReviewEnd.as_view(), name="review_end"),
]
