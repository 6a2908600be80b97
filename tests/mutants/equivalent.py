"""What may be taken away without anything changing, each with its reason: (path, owner, what is lost) → why."""

ADMINISTRATORS = "La page exige MANAGE_ACCOUNTS, que seuls tiennent les administrateurs, qui voient tout."
DIRECTORY = "La page exige READ_DIRECTORY, dont les tenants partagent tout l’annuaire des structures."
SAME_PROGRAMME = "Le programme est déjà de ceux que le lecteur voit : ses réglages se voient avec lui."
# tests/received/test_shown.py holds these two for each of the cast.
LISTS = "Il y faut IMPORT_LISTS, dont les tenants voient tout ce que le programme a reçu, et tous ses dossiers."
OWN_LINES = "Il y faut répondre du jeune : qui en répond voit toutes les lignes d’où son dossier est venu."
OFFICE = "partaj/accounts/views.py"
OWN_LOCK = "La vue dont celle-ci descend demande la connexion par elle-même."
LIST_PAGES = "beneficiaries/views/lists"
FACTORS, TECHNICAL = "partaj/accounts/second_factor/views.py", "partaj/accounts/technical/site.py"
BEHIND_THEIR_OWN = [
    ("partaj/accounts/entrance_views.py", "PasswordChange", "account_change_password"),
    (FACTORS, "ConfirmByPassword", "account_reauthenticate"),
    (FACTORS, "ConfirmByCode", "mfa_reauthenticate"),
    (FACTORS, "ConfirmByKey", "mfa_reauthenticate_webauthn"),
    (FACTORS, "AddApplication", "mfa_activate_totp"),
    (FACTORS, "RemoveApplication", "mfa_deactivate_totp"),
    (FACTORS, "AddPasskey", "mfa_add_webauthn"),
    (FACTORS, "RenewRecoveryCodes", "mfa_generate_recovery_codes"),
    ("beneficiaries/technical.py", "Importing", "admin:beneficiaries_importbatch_import"),
    ("beneficiaries/technical.py", "Preview", "admin:beneficiaries_importbatch_preview"),
    *(
        (TECHNICAL, f"Table.{view}_view", f"admin:{table}_{view}")
        for table in (
            "mfa_authenticator",
            "usersessions_usersession",
            "accounts_journalseal",
            "beneficiaries_importbatch",
        )
        for view in ("changelist", "change")
    ),
]

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (
        "beneficiaries/by_territory.py",
        "_places",
        "Enrolment.objects.visible_to(reader)",
    ): "La table est celle des programmes dont le lecteur répond en entier : il en voit tous les dossiers.",
    (
        "beneficiaries/following.py",
        "promised_by",
        "NextAction.objects.visible_to(user)",
    ): "La règle qui suit, de ceux qui répondent du jeune, est plus étroite ; qui voit tout voit toutes les siennes.",
    (
        "cellules/views/agenda.py",
        "AgendaMany.get_context_data",
        "Cell.objects.visible_to(self.request.user)",
    ): "Les cellules sont cherchées sur le territoire de dossiers que le lecteur peut changer : il y travaille.",
    (OFFICE, "OfAccount.get_object", "User.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountList.get_queryset", "User.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountList.get_queryset", "Role.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountDetail.get_context_data", "Role.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountDetail.get_context_data", "Invitation.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (
        OFFICE,
        "AccountDetail.get_context_data",
        "ProConnectIdentity.objects.visible_to(self.request.user)",
    ): ADMINISTRATORS,
    (OFFICE, "RoleEnd.setup", "Role.objects.visible_to(request.user)"): ADMINISTRATORS,
    (
        "partaj/programmes/part_views.py",
        "OfPart.get_queryset",
        "self.part.model.objects.visible_to(self.request.user)",
    ): SAME_PROGRAMME,
    (
        "partaj/programmes/views.py",
        "ProgrammeDetail.get_context_data",
        "self.programme.partnerships.visible_to(self.request.user)",
    ): SAME_PROGRAMME,
    (
        "partaj/programmes/views.py",
        "ProgrammeChange.both_versions",
        "Programme.objects.visible_to(self.request.user)",
    ): SAME_PROGRAMME,
    (
        "partaj/territories/views.py",
        "OrganisationList.get_queryset",
        "Organisation.objects.visible_to(self.request.user)",
    ): DIRECTORY,
    (
        "beneficiaries/forms.py",
        "IntakeForm._narrow",
        "FunnelStep.objects.visible_to(self.user)",
    ): SAME_PROGRAMME,
    (
        "cellules/forms.py",
        "candidates",
        "Enrolment.objects.visible_to(user)",
    ): "La séance est déjà de celles que le lecteur voit : les jeunes de son programme et de son territoire aussi.",
    (
        "partaj/accounts/review.py",
        "review_due",
        "may(request.user, Act.REVIEW_ACCESS)",
    ): "Seuls les tenants de REVIEW_ACCESS ont des rôles à revoir : les autres n’ont rien à voir dans ce panneau.",
    ("beneficiaries/readers.py", "files_panel", "Enrolment.objects.visible_to(request.user)"): ADMINISTRATORS,
    (
        "beneficiaries/views/intake.py",
        "Intake.get_context_data",
        "may(self.request.user, Act.CHANGE_PROGRAMME, self.programme)",
    ): "Lu seulement où le programme n’a aucun territoire : un chargé de mission, qui a le sien, n’en manque jamais.",
    (
        "cellules/pages.py",
        "sessions_panel",
        "may(request.user, Act.READ_CELLS, enrolment.programme)",
    ): "Qui voit une séance (responsables, chargés de mission) tient READ_CELLS dans son programme.",
    (
        "beneficiaries/views/export.py",
        "Export.perimeter",
        "Territory.objects.visible_to(self.request.user)",
    ): "Les territoires nommés sont ceux où le lecteur exporte, donc où il travaille : il les voit.",
    (
        "beneficiaries/models/paths.py",
        "EnrolmentQuerySet.exportable_by",
        "self.visible_to(user)",
    ): "Le droit d’exporter est d’un rôle et de son périmètre, que ce rôle voit ; un administrateur voit tout.",
    (
        "reports/views/plan.py",
        "Plan.planned",
        "DeclaredFigure.objects.visible_to(self.request.user)",
    ): "La page exige DECLARE_FIGURES, dont les tenants voient tout ce qui est déclaré dans leur programme.",
    (
        "beneficiaries/views/lists/base.py",
        "AmongLists",
        "changed_with = Act.IMPORT_LISTS",
    ): "La page exige le même acte : qui la lit peut ce que ses boutons font.",
    (f"{LIST_PAGES}/base.py", "AmongLists.batches", "ImportBatch.objects.visible_to(self.request.user)"): LISTS,
    (f"{LIST_PAGES}/base.py", "OnList.lines", "ImportLine.objects.visible_to(self.request.user)"): LISTS,
    (f"{LIST_PAGES}/base.py", "received_before", "ImportBatch.objects.visible_to(reader)"): LISTS,
    (
        f"{LIST_PAGES}/directory.py",
        "BatchList.get_context_data",
        "ImportLine.objects.visible_to(self.request.user)",
    ): LISTS,
    (f"{LIST_PAGES}/leaving.py", "Agreement.get_object", "Sender.objects.visible_to(self.request.user)"): LISTS,
    (f"{LIST_PAGES}/leaving.py", "Undo.work_done", "Enrolment.objects.visible_to(self.request.user)"): LISTS,
    (
        "beneficiaries/technical.py",
        "ReceivedLists.get_queryset",
        "ImportBatch.objects.visible_to(request.user)",
    ): "L’administration technique n’ouvre qu’aux administrateurs, qui voient tout.",
    ("beneficiaries/home.py", "lists_panel", "ImportBatch.objects.visible_to(request.user)"): LISTS,
    ("beneficiaries/home.py", "lists_panel", "ImportLine.objects.visible_to(request.user)"): LISTS,
    (
        "beneficiaries/merging/showing.py",
        "guests_of",
        "AccessGrant.objects.visible_to(reader)",
    ): "Lu seulement où le lecteur répond de tous les parcours comparés : il voit tous les accès qui y sont ouverts.",
    (
        "beneficiaries/views/provenance.py",
        "Provenance.get_context_data",
        "ImportLine.objects.visible_to(self.request.user)",
    ): OWN_LINES,
    ("beneficiaries/whole.py", "_sources", "ImportLine.objects.visible_to(reader)"): OWN_LINES,
    (
        "cellules/calendar.py",
        "coming_sessions",
        "Session.objects.visible_to(owner)",
    ): "La règle qui suit, de ceux qui répondent d’une cellule, est plus étroite.",
    (
        "beneficiaries/calendar.py",
        "own_gatherings",
        "everything.visible_to(owner)",
    ): "La règle qui suit, de ceux qui travaillent là, est plus étroite.",
    (
        "beneficiaries/views/handovers.py",
        "AnswerRead",
        "la garde de OnHandover",
    ): "Qui voit la réponse à une proposition (responsables, chargés de mission) tient LOG_YOUTHS.",
    **{(path, owner, f"la connexion, à {page}"): OWN_LOCK for path, owner, page in BEHIND_THEIR_OWN},
}
