"""Whether the site answers, for the machine that watches it: no data, no version, no reason that helps an intruder."""

import asyncio
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from health_check.views import HealthCheckView


@method_decorator(login_not_required, name="dispatch")
class Health(HealthCheckView):
    """JSON only, public: 200 where the database answers, 503 otherwise. The cache lives in the database too."""

    http_method_names = ("get", "head")
    checks = ("health_check.Database",)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        results = await asyncio.gather(*(check.get_result(None) for check in self.get_checks()))
        states = {type(each.check).__name__.lower(): "KO" if each.error else "OK" for each in results}
        return JsonResponse(states, status=503 if "KO" in states.values() else 200)
