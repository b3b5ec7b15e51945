"""The group that the modules beside this one add their commands to."""

from sentinai_cli.cli.command import Commands

app = Commands(
    bare="upgrade",
    help="""Bring the database's schema up to date, and say where it stands.

    Bare it upgrades an empty or older database to the newest revision. Safe to repeat and to run many times at once:
    one migrates, the others wait and find nothing to do. Each revision is done or not done, whatever cuts it off. A
    database that holds something else is not touched (exit 4); a lock that somebody holds is waited for without holding
    up others (exit 6 names who).
    """,
    examples=[
        "sentinai migrate # an empty or older database to the newest revision",
        "sentinai migrate --environment production # a new one is marked as production",
        "sentinai migrate plan # what would be done, statement by statement",
        "sentinai migrate check # pending or drifted is exit 4, for CI",
    ],
)
