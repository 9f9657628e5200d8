"""What is to do: the list of one person's tasks, and saying that one is done."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from complaints.lifecycle import TransitionRefused
from complaints.operations import finish_task
from complaints.permissions import ActionForbidden
from complaints.queries.tasks import find_task, my_tasks
from members.views.staff_page import staff_page
from slas.queries import database_now


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """List what waits for this person, or for one of the person's roles."""
    page = my_tasks(actor=request.actor, page=request.GET.get("page"), at=request.at)
    return staff_page(request, "staff/tasks.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Ask whether a task is done, and record it; then go back to where it was pressed."""
    task = find_task(actor=request.actor, task_id=task_id, at=request.at)
    if task is None:
        raise Http404
    if request.method != "POST":
        return staff_page(request, "staff/task.html", {"task": task})
    try:
        finish_task(actor=request.actor, at=database_now(), task_id=task_id)
    except TransitionRefused as refused:
        context = {"task": task, "refusal": str(refused)}
        return staff_page(request, "staff/task.html", context, status=HTTPStatus.CONFLICT)
    except ActionForbidden as forbidden:
        raise PermissionDenied from forbidden
    messages.success(request, "The task is done.")
    if request.POST.get("from") == "tasks":
        return redirect("desk:tasks")
    return redirect("quality:capa" if task.of_capa else "desk:case", task.reference)
