"""What must be said beside a measure, so that nobody reads into it what it does not show?

Method, section 12 (last column of its table) and the sections of the single measures.
"""

from __future__ import annotations

COHORT = "Counts every finding recorded in that year, also those closed since; a cohort of fewer than 20 moves by leaps."
EVER = "Counts open findings by the highest stage that they ever reached; what lapsed since is in it."

CAUTIONS = {
    "implementation_rate": "Falls when findings are added; read the cohort rate beside it.",
    "practice_rate": "Theory turned into practice. Falls when findings are added; read the cohort rate beside it.",
    **{f"cohort_rate_{stage}_{years}y": COHORT for years in (1, 4) for stage in (3, 4)},
    **{f"funnel_ever_{stage}": EVER for stage in range(6)},
    **{
        f"funnel_now_{stage}": "Lapses make the numbers of now rise and fall from stage to stage; read 'ever' beside it."
        for stage in range(6)
    },
    "shelf_rate": "Leaves out findings too new to judge; the list of them, oldest first, says more.",
    "overdue_rate": "Falls when people move due dates; read the slipped findings and the on-time rate beside it.",
    "on_time_rate": "Judges by the original due date; moving it does not help, and done without evidence is not done.",
    "evidence_gap": "Carried out, effect never looked at: the façade index.",
    "lapse_rate": "A lapse is seen only where somebody keeps measuring.",
    "staleness_median_days": "A median hides the worst; look at the ten findings of which nothing was heard for longest.",
    "rebound_rate": "Only problems that those affected had confirmed as solved can rebound.",
    "kept_on_time_rate": "Half a promise is not kept. Read the four numbers of trust side by side; they make no index.",
    "kept_ever_rate": "A promise kept late counts here; read the days late beside it.",
    "median_days_late": "Over promises kept late only; those missed are not in it.",
    "confirmed_share": "Silence of those it was promised to is not consent: it lowers this share.",
    "satisfied_share": "Counts surveys not older than 400 days; without one nobody was asked.",
    "replication_success": "Only sites with a known result count; those not known yet stand beside it.",
    "persistence": "Pools the last twelve check slots of each mechanism; one dead letter can hide among many checks.",
    "learning_yield": "New findings for each review, not a share; it may exceed 1.",
    "revision_share": "0 % over many reviews is a warning, not a triumph: perhaps nobody really looked.",
}
"""Measure → the sentence to print with it; every measure has one."""
