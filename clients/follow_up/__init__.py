"""What the practice did about a finding or a notice: called, told, asked again, and when to look again.

Others may use `models.FollowUp`, `resting` and the verbs of `follow_up`; pages include `follow_up/_actions.html`.
It never hides what came after: a follow-up is about one screening or one notice, and a newer one stands by itself.
"""
