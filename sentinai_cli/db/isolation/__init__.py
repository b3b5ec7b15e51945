"""Whether tenants are kept apart by the database itself: lints of its catalogue, checks of its rows, a live probe."""

from sentinai_cli.db.isolation.summary import isolation as isolation
