app_name = "cellules"
urlpatterns: list = []
