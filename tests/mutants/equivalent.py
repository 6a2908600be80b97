"""What may be taken away without anything changing, each with its reason: (path, owner, what is lost) → why."""

ADMINISTRATORS = "La page exige MANAGE_ACCOUNTS, que seuls tiennent les administrateurs, qui voient tout."
SAME_PROGRAMME = "Le programme est déjà de ceux que le lecteur voit : ses réglages se voient avec lui."
OFFICE = "partaj/accounts/views.py"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    (OFFICE, "OfAccount.get_object", "User.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountList.get_queryset", "User.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountList.get_queryset", "Role.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountDetail.get_context_data", "Role.objects.visible_to(self.request.user)"): ADMINISTRATORS,
    (OFFICE, "AccountDetail.get_context_data", "Invitation.objects.visible_to(self.request.user)"): ADMINISTRATORS,
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
}
