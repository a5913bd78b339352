from django.urls import path

from routines.views import builder, builder_phases, builder_steps, plan_start

urlpatterns = [
    path("clients/<uuid:client_id>/plans/new/", plan_start.plan_new, name="plan_new"),
    path("plans/<uuid:plan_id>/copy/", plan_start.plan_copy, name="plan_copy"),
    path("plans/<uuid:plan_id>/build/", builder.builder_edit, name="builder_edit"),
    path("plans/<uuid:plan_id>/build/plan/", builder.builder_change_plan, name="builder_change_plan"),
    path("plans/<uuid:plan_id>/build/publish/", builder.builder_publish, name="builder_publish"),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/",
        builder_phases.builder_change_phase,
        name="builder_change_phase",
    ),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/copy/",
        builder_phases.builder_copy_phase,
        name="builder_copy_phase",
    ),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/drop/",
        builder_phases.builder_drop_phase,
        name="builder_drop_phase",
    ),
    path("plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/map/", builder_phases.builder_map, name="builder_map"),
    path("plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/pick/", builder_phases.builder_pick, name="builder_pick"),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/add/",
        builder_steps.builder_add_step,
        name="builder_add_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/",
        builder_steps.builder_change_step,
        name="builder_change_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/swap/",
        builder_steps.builder_swap_step,
        name="builder_swap_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/drop/",
        builder_steps.builder_drop_step,
        name="builder_drop_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/move/",
        builder_steps.builder_move_step,
        name="builder_move_step",
    ),
]
