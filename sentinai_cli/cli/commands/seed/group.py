"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(
    bare="run",
    help="""Seed realistic multi-tenant exceptions with their events, as the active packs decide about them.

    Bare it seeds. The same seed number, tenant, packs and scenario give the same bytes, with any number of workers and
    after any interruption; repeating a run inserts nothing, and a larger --count extends it. The moment that counts as
    now is kept from a run's first time. On an empty embedded or a development database what is missing is made:
    schema, sample packs, sample tenants. A production database is not seeded.
    """,
    examples=[
        "sentinai seed # both sample tenants, 50 exceptions each",
        "sentinai seed --tenant TENANT_FINANCE_001 --count 1000 # more of one",
        "sentinai seed --scenario quarter_end # a storm at one tenant, a quiet neighbour",
        "sentinai seed plan --scenario outage # what would be written; no database is needed",
    ],
)
