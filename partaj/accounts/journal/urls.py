from django.urls import path

from partaj.accounts.journal.views import JournalExport, JournalPage

urlpatterns = [
    path("", JournalPage.as_view(), name="journal"),
    path("export/", JournalExport.as_view(), name="journal_export"),
]
