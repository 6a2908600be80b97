from django.urls import path

from reports.views import figures, pages, plan

app_name = "reports"
urlpatterns = [
    path("", pages.Index.as_view(), name="index"),
    path("<slug:code>/", pages.OnScreen.as_view(), name="report"),
    path("<slug:code>/previsions/", plan.Plan.as_view(), name="plan"),
    path("<slug:code>/chiffre/", figures.FigurePage.as_view(), name="figure"),
    path("<slug:code>/chiffre/declarer/", figures.Declare.as_view(), name="declare"),
    path("<slug:code>/chiffre/retirer/", figures.Withdraw.as_view(), name="withdraw"),
    path("<slug:code>/export/<slug:extension>/", pages.Export.as_view(), name="export"),
]
