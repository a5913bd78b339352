from django.urls import path

from routines.views import builder

urlpatterns = [
    path("clients/<uuid:client_id>/plans/new/", builder.plan_new, name="plan_new"),
    path("plans/<uuid:plan_id>/build/", builder.builder_edit, name="builder_edit"),
    path("plans/<uuid:plan_id>/build/plan/", builder.builder_change_plan, name="builder_change_plan"),
    path("plans/<uuid:plan_id>/build/publish/", builder.builder_publish, name="builder_publish"),
    path("plans/phases/<uuid:phase_id>/", builder.builder_change_phase, name="builder_change_phase"),
    path("plans/phases/<uuid:phase_id>/add/", builder.builder_add_step, name="builder_add_step"),
    path("plans/steps/<uuid:step_id>/", builder.builder_change_step, name="builder_change_step"),
    path("plans/steps/<uuid:step_id>/drop/", builder.builder_drop_step, name="builder_drop_step"),
    path("plans/steps/<uuid:step_id>/move/", builder.builder_move_step, name="builder_move_step"),
]
