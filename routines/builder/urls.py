from django.urls import path

from routines.builder.views import draft, phases, start, steps

urlpatterns = [
    path("clients/<uuid:client_id>/plans/new/", start.plan_new, name="plan_new"),
    path("plans/<uuid:plan_id>/copy/", start.plan_copy, name="plan_copy"),
    path("plans/<uuid:plan_id>/build/", draft.builder_edit, name="builder_edit"),
    path("plans/<uuid:plan_id>/build/plan/", draft.builder_change_plan, name="builder_change_plan"),
    path("plans/<uuid:plan_id>/build/publish/", draft.builder_publish, name="builder_publish"),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/",
        phases.builder_change_phase,
        name="builder_change_phase",
    ),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/copy/",
        phases.builder_copy_phase,
        name="builder_copy_phase",
    ),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/drop/",
        phases.builder_drop_phase,
        name="builder_drop_phase",
    ),
    path("plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/map/", phases.builder_map, name="builder_map"),
    path("plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/pick/", phases.builder_pick, name="builder_pick"),
    path(
        "plans/<uuid:plan_id>/build/phases/<uuid:phase_id>/add/",
        steps.builder_add_step,
        name="builder_add_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/",
        steps.builder_change_step,
        name="builder_change_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/swap/",
        steps.builder_swap_step,
        name="builder_swap_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/drop/",
        steps.builder_drop_step,
        name="builder_drop_step",
    ),
    path(
        "plans/<uuid:plan_id>/build/steps/<uuid:step_id>/move/",
        steps.builder_move_step,
        name="builder_move_step",
    ),
]
