from django.urls import path

from beneficiaries.views import acts, consultations, edit, export, file, intake, listing, merge, readers, search

app_name = "beneficiaries"
urlpatterns = [
    path("recherche/", search.Search.as_view(), name="search"),
    path("p/<slug:number>/jeunes/", listing.YouthList.as_view(), name="list"),
    path("p/<slug:number>/jeunes/export/<slug:kind>/", export.Export.as_view(), name="export"),
    path("p/<slug:number>/jeunes/nouveau/", intake.Intake.as_view(), name="new"),
    path("p/<slug:number>/jeunes/<int:pk>/", file.YouthFile.as_view(), name="detail"),
    path("p/<slug:number>/jeunes/<int:pk>/lecteurs/", readers.WhoSeesThisFile.as_view(), name="readers"),
    path("p/<slug:number>/jeunes/<int:pk>/consultations/", consultations.Consultations.as_view(), name="consultations"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/consultations/export/",
        consultations.ConsultationsExport.as_view(),
        name="consultations_export",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/historique/", file.ChangeHistory.as_view(), name="history"),
    path("p/<slug:number>/jeunes/<int:pk>/modifier/", edit.Edit.as_view(), name="change"),
    path("p/<slug:number>/jeunes/<int:pk>/etape/", acts.EnterStep.as_view(), name="enter_step"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/etape/<int:entry>/retirer/", acts.WithdrawStep.as_view(), name="withdraw_step"
    ),
    path("p/<slug:number>/jeunes/<int:pk>/depart/", acts.RecordLoss.as_view(), name="record_loss"),
    path("p/<slug:number>/jeunes/<int:pk>/depart/annuler/", acts.UndoLoss.as_view(), name="undo_loss"),
    path("p/<slug:number>/jeunes/<int:pk>/note/", acts.AddNote.as_view(), name="add_note"),
    path("p/<slug:number>/jeunes/<int:pk>/reunir/", merge.MergeSearch.as_view(), name="merge"),
    path("p/<slug:number>/jeunes/<int:pk>/reunir/<int:other>/", merge.MergeCompare.as_view(), name="merge_compare"),
    path("p/<slug:number>/jeunes/<int:pk>/reunion/<int:merge>/defaire/", merge.MergeUndo.as_view(), name="merge_undo"),
]
