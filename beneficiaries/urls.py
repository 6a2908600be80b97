from django.urls import path

from beneficiaries.views import (
    acts,
    breaks,
    consultations,
    contracts,
    edit,
    exams,
    export,
    file,
    following,
    intake,
    listing,
    merge,
    obstacles,
    outcomes,
    provenance,
    readers,
    search,
)
from beneficiaries.views.lists import batch, directory, leaving, line

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
    path("p/<slug:number>/jeunes/<int:pk>/provenance/", provenance.Provenance.as_view(), name="provenance"),
    path("p/<slug:number>/jeunes/<int:pk>/historique/", file.ChangeHistory.as_view(), name="history"),
    path("p/<slug:number>/jeunes/<int:pk>/modifier/", edit.Edit.as_view(), name="change"),
    path("p/<slug:number>/jeunes/<int:pk>/etape/", acts.EnterStep.as_view(), name="enter_step"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/etape/<int:entry>/retirer/", acts.WithdrawStep.as_view(), name="withdraw_step"
    ),
    path("p/<slug:number>/jeunes/<int:pk>/depart/", acts.RecordLoss.as_view(), name="record_loss"),
    path("p/<slug:number>/jeunes/<int:pk>/depart/annuler/", acts.UndoLoss.as_view(), name="undo_loss"),
    path("p/<slug:number>/jeunes/<int:pk>/rupture/", breaks.NoteBreak.as_view(), name="note_break"),
    path("p/<slug:number>/jeunes/<int:pk>/rupture/<int:entry>/", breaks.ChangeBreak.as_view(), name="change_break"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/rupture/<int:entry>/retirer/",
        breaks.WithdrawBreak.as_view(),
        name="withdraw_break",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/devenir/", outcomes.NoteOutcome.as_view(), name="note_outcome"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/devenir/<int:entry>/", outcomes.ChangeOutcome.as_view(), name="change_outcome"
    ),
    path(
        "p/<slug:number>/jeunes/<int:pk>/devenir/<int:entry>/retirer/",
        outcomes.WithdrawOutcome.as_view(),
        name="withdraw_outcome",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/frein/", obstacles.NoteObstacle.as_view(), name="note_obstacle"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/frein/<int:entry>/", obstacles.ChangeObstacle.as_view(), name="change_obstacle"
    ),
    path("p/<slug:number>/jeunes/<int:pk>/frein/<int:entry>/lever/", obstacles.Solve.as_view(), name="solve_obstacle"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/frein/<int:entry>/rouvrir/",
        obstacles.ReopenObstacle.as_view(),
        name="reopen_obstacle",
    ),
    path(
        "p/<slug:number>/jeunes/<int:pk>/frein/<int:entry>/retirer/",
        obstacles.WithdrawObstacle.as_view(),
        name="withdraw_obstacle",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/contrat/", contracts.NoteContract.as_view(), name="note_contract"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/contrat/<int:entry>/",
        contracts.ChangeContract.as_view(),
        name="change_contract",
    ),
    path(
        "p/<slug:number>/jeunes/<int:pk>/contrat/<int:entry>/rompre/",
        contracts.BreakContract.as_view(),
        name="break_contract",
    ),
    path(
        "p/<slug:number>/jeunes/<int:pk>/contrat/<int:entry>/rupture/annuler/",
        contracts.RestoreContract.as_view(),
        name="restore_contract",
    ),
    path(
        "p/<slug:number>/jeunes/<int:pk>/contrat/<int:entry>/retirer/",
        contracts.WithdrawContract.as_view(),
        name="withdraw_contract",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/examen/", exams.NoteExam.as_view(), name="note_exam"),
    path("p/<slug:number>/jeunes/<int:pk>/examen/<int:entry>/", exams.ChangeExam.as_view(), name="change_exam"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/examen/<int:entry>/retirer/",
        exams.WithdrawExam.as_view(),
        name="withdraw_exam",
    ),
    path("actions/", following.Actions.as_view(), name="actions"),
    path("p/<slug:number>/jeunes/<int:pk>/note/", following.QuickEntry.as_view(), name="note"),
    path(
        "p/<slug:number>/jeunes/<int:pk>/contact/<int:entry>/retirer/",
        following.WithdrawContact.as_view(),
        name="withdraw_contact",
    ),
    path("p/<slug:number>/jeunes/<int:pk>/action/<int:entry>/fait/", following.Settle.as_view(), name="settle"),
    path("p/<slug:number>/jeunes/<int:pk>/action/<int:entry>/rouvrir/", following.Reopen.as_view(), name="reopen"),
    path("p/<slug:number>/jeunes/<int:pk>/action/<int:entry>/", following.PutOff.as_view(), name="put_off"),
    path("p/<slug:number>/jeunes/<int:pk>/action/<int:entry>/abandonner/", following.GiveUp.as_view(), name="give_up"),
    path("p/<slug:number>/jeunes/<int:pk>/reunir/", merge.MergeSearch.as_view(), name="merge"),
    path("p/<slug:number>/jeunes/<int:pk>/reunir/<int:other>/", merge.MergeCompare.as_view(), name="merge_compare"),
    path("p/<slug:number>/jeunes/<int:pk>/reunion/<int:merge>/defaire/", merge.MergeUndo.as_view(), name="merge_undo"),
    path("p/<slug:number>/listes/", directory.BatchList.as_view(), name="batches"),
    path("p/<slug:number>/listes/nouvelle/", directory.Receive.as_view(), name="receive"),
    path("p/<slug:number>/listes/<int:pk>/", batch.BatchPage.as_view(), name="batch"),
    path("p/<slug:number>/listes/<int:pk>/avancement/", batch.Progress.as_view(), name="batch_progress"),
    path("p/<slug:number>/listes/<int:pk>/lecture/", batch.Reading.as_view(), name="batch_reading"),
    path("p/<slug:number>/listes/<int:pk>/decider/", batch.DecideAll.as_view(), name="batch_decide"),
    path("p/<slug:number>/listes/<int:pk>/confirmer/", batch.Confirm.as_view(), name="batch_confirm"),
    path("p/<slug:number>/listes/<int:pk>/reprendre/", batch.StartAgain.as_view(), name="batch_again"),
    path("p/<slug:number>/listes/<int:pk>/abandonner/", leaving.Forget.as_view(), name="batch_forget"),
    path("p/<slug:number>/listes/<int:pk>/annuler/", leaving.Undo.as_view(), name="batch_undo"),
    path("p/<slug:number>/listes/<int:pk>/rejets/", leaving.Rejected.as_view(), name="batch_rejected"),
    path("p/<slug:number>/listes/<int:pk>/bilan/", leaving.Statement.as_view(), name="batch_statement"),
    path("p/<slug:number>/listes/<int:pk>/convention/", leaving.Agreement.as_view(), name="batch_agreement"),
    path("p/<slug:number>/listes/<int:pk>/lignes/<int:line>/", line.LinePage.as_view(), name="line"),
]
