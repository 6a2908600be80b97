"""The addresses of one's own security, under /compte/: those of allauth that we use, by the names that it knows.

Left out: signing up, changing one's address, passwordless keys, downloading codes, linking other providers.
"""

from django.urls import path

from partaj.accounts.proconnect import views as proconnect
from partaj.accounts.second_factor import views
from partaj.accounts.sessions.views import CloseOtherSessions, CloseSession, SignOut

urlpatterns = [
    path("deconnexion/", SignOut.as_view(), name="account_logout"),
    path("second-facteur/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("securite/", views.Security.as_view(), name="mfa_index"),
    path("securite/confirmer/", views.ConfirmByPassword.as_view(), name="account_reauthenticate"),
    path("securite/confirmer/code/", views.ConfirmByCode.as_view(), name="mfa_reauthenticate"),
    path("securite/confirmer/cle/", views.ConfirmByKey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("securite/application/ajouter/", views.AddApplication.as_view(), name="mfa_activate_totp"),
    path("securite/application/retirer/", views.RemoveApplication.as_view(), name="mfa_deactivate_totp"),
    path("securite/cles/ajouter/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("securite/cles/<int:pk>/renommer/", views.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("securite/cles/<int:pk>/retirer/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("securite/codes/renouveler/", views.RenewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("securite/sessions/fermer-les-autres/", CloseOtherSessions.as_view(), name="close_other_sessions"),
    path("securite/sessions/<int:pk>/fermer/", CloseSession.as_view(), name="close_session"),
    path("proconnect/", proconnect.leave, name="proconnect"),
    path("proconnect/retour/", proconnect.come_back, name="proconnect_back"),
]
