"""An administrator undoes the link of an account with a ProConnect identity: it changed, or it was not its holder's."""

from __future__ import annotations

from django.db import transaction

from partaj.accounts.journal.events import note_security
from partaj.accounts.models import User
from partaj.accounts.sessions.devices import close_all
from partaj.accounts.views import OfAccount
from partaj.confirming import ConfirmPage, Refused


@transaction.atomic
def unlink_proconnect(*, user: User) -> None:
    """The next identity that comes with the address of the account is linked; what is open meanwhile is closed."""
    identities = list(user.proconnect_identities.select_for_update())
    if not identities:
        raise Refused("Ce compte n’est relié à aucune identité ProConnect : il n’y a rien à délier.")
    for identity in identities:
        identity.delete()
    close_all(user)
    note_security(user, "identité ProConnect déliée par un administrateur")


class ProConnectUnlink(OfAccount, ConfirmPage):
    submit_label = "Délier ProConnect"
    dangerous = True
    done = "Le compte est délié : la prochaine identité ProConnect qui porte son adresse y sera reliée."

    def get_title(self) -> str:
        return f"Délier ProConnect du compte de {self.account}"

    def get_sentences(self) -> list[str]:
        return [
            "L’identité ProConnect d’aujourd’hui n’ouvrira plus ce compte par elle-même, et toutes ses sessions se "
            f"ferment. La prochaine qui porte l’adresse {self.account.email} y sera reliée.",
            "Assurez-vous d’abord que cette adresse est toujours celle de la personne : appelez-la à un numéro que "
            "vous connaissez.",
        ]

    def carry_out(self) -> None:
        unlink_proconnect(user=self.account)
