"""Every address of the site. With the settings, the only file of this package that names upper floors."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from partaj.accounts.entrance_views import PasswordChange
from partaj.health import Health
from partaj.views import home

account_patterns = [
    path("connexion/", allauth.login, name="account_login"),
    path("deconnexion/", allauth.logout, name="account_logout"),
    path("mot-de-passe/", PasswordChange.as_view(), name="account_change_password"),
    path("mot-de-passe/oublie/", allauth.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(  # the key holds hyphens, the user's number none
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "mot-de-passe/nouveau/fait/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"
    ),
    path("inactif/", allauth.account_inactive, name="account_inactive"),
]

urlpatterns = [
    path("", home, name="home"),
    path("sante/", Health.as_view(), name="health"),
    path("compte/", include(account_patterns)),
    path("", include("partaj.territories.urls")),
    path("", include("partaj.programmes.urls")),
    path("", include("partaj.accounts.urls")),
    path("", include("beneficiaries.urls")),
    path("p/<slug:number>/cellules/", include("cellules.urls")),
    path("p/<slug:number>/effectifs/", include("funding.urls")),
    path("p/<slug:number>/restitution/", include("reports.urls")),
]
