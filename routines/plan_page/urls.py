from django.urls import path

from routines.plan_page import views

urlpatterns = [
    path("plans/", views.plans_list, name="plans_list"),
    path("clients/<uuid:client_id>/plans/", views.client_plans, name="client_plans"),
    path("plans/<uuid:plan_id>/", views.plan_detail, name="plan_detail"),
    path("plans/<uuid:plan_id>/suspend/", views.plan_suspend, name="plan_suspend"),
    path("plans/<uuid:plan_id>/resume/", views.plan_resume, name="plan_resume"),
    path("plans/<uuid:plan_id>/open-part/", views.plan_open_part, name="plan_open_part"),
    path("plans/<uuid:plan_id>/end/", views.plan_end, name="plan_end"),
]
