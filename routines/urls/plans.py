from django.urls import path

from routines.views import plans

urlpatterns = [
    path("plans/", plans.plans_list, name="plans_list"),
    path("clients/<uuid:client_id>/plans/", plans.client_plans, name="client_plans"),
    path("plans/<uuid:plan_id>/", plans.plan_detail, name="plan_detail"),
    path("plans/<uuid:plan_id>/suspend/", plans.plan_suspend, name="plan_suspend"),
    path("plans/<uuid:plan_id>/resume/", plans.plan_resume, name="plan_resume"),
    path("plans/<uuid:plan_id>/end/", plans.plan_end, name="plan_end"),
]
