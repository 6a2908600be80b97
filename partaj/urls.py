"""Every address of the site. With the settings, the only file of this package that names upper floors."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from partaj.accounts.entrance_views import ForgottenPassword, NewPassword, PasswordChange, SignIn
from partaj.accounts.invitations.views import ChoosePassword, LinkOpened
from partaj.accounts.proconnect.provider import is_configured
from partaj.accounts.technical.site import site as technical_site
from partaj.health import Health
from partaj.views import home

account_patterns = [
    path("connexion/", SignIn.as_view(extra_context={"proconnect": is_configured}), name="account_login"),
    path("mot-de-passe/", PasswordChange.as_view(), name="account_change_password"),
    path("mot-de-passe/oublie/", ForgottenPassword.as_view(), name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key holds hyphens, the user's number none
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/fait/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    path("invitation/", ChoosePassword.as_view(), name="invitation"),
    path("invitation/<str:key>/", LinkOpened.as_view(), name="invitation_link"),
    path("inactif/", allauth.account_inactive, name="account_inactive"),
]

handler400 = "partaj.views.unreadable"
# Called by allauth where one of its own limits is reached.
handler429 = "partaj.accounts.throttling.too_many"

urlpatterns = [
    path("", home, name="home"),
    path("sante/", Health.as_view(), name="health"),
    path("compte/", include(account_patterns)),
    path("compte/", include("partaj.accounts.security_urls")),
    path("administration-technique/", technical_site.urls),
    path("", include("partaj.territories.urls")),
    path("", include("partaj.programmes.urls")),
    path("", include("partaj.accounts.urls")),
    path("", include("beneficiaries.urls")),
    path("p/<slug:number>/cellules/", include("cellules.urls")),
    path("p/<slug:number>/effectifs/", include("funding.urls")),
    path("p/<slug:number>/restitution/", include("reports.urls")),
]
