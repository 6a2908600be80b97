from django.apps import AppConfig


class BeneficiariesConfig(AppConfig):
    name = "beneficiaries"
    verbose_name = "Bénéficiaires"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, pre_delete

        from beneficiaries import technical  # noqa: F401 registers itself
        from beneficiaries.by_territory import territories_panel
        from beneficiaries.documents import destroy_content
        from beneficiaries.home import day_panel, guests_panel, lists_panel, offers_panel, youths_panel
        from beneficiaries.models import Document
        from beneficiaries.readers import files_panel
        from beneficiaries.saved import forget_private_lists
        from beneficiaries.views.base import youths_of_pages
        from beneficiaries.views.passing import account_panel, gone_panel
        from beneficiaries.views.saved_shown import saved_panel
        from partaj.accounts.models import User
        from partaj.panels import ACCOUNT, HOME, WHOM, Panel
        from partaj.uploads.vault import NAMED_BY

        HOME.append(Panel(10, "beneficiaries/_home_day.html", day_panel))
        HOME.append(Panel(8, "beneficiaries/_home_offers.html", offers_panel))
        HOME.append(Panel(20, "beneficiaries/_home.html", youths_panel))
        HOME.append(Panel(19, "beneficiaries/_home_territories.html", territories_panel))
        HOME.append(Panel(22, "beneficiaries/_home_lists.html", lists_panel))
        HOME.append(Panel(21, "beneficiaries/_home_guest.html", guests_panel))
        HOME.append(Panel(19, "beneficiaries/_home_saved.html", saved_panel))
        HOME.append(Panel(9, "beneficiaries/_home_gone.html", gone_panel))
        ACCOUNT.append(Panel(11, "beneficiaries/_account_follows.html", account_panel))
        WHOM.append(youths_of_pages)
        NAMED_BY.append(Document.objects.names_in_the_vault)
        post_delete.connect(destroy_content, sender=Document, dispatch_uid="content of a document")
        pre_delete.connect(forget_private_lists, sender=User, dispatch_uid="lists that an account kept for itself")
        ACCOUNT.append(Panel(10, "beneficiaries/_account.html", files_panel))
