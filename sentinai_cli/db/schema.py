"""The tables as queries name them. migrations/ makes them, checks and policies included; a test holds both equal."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine, UserDefinedType

metadata = MetaData()


class TransactionId(UserDefinedType[int]):
    """xid8: which transaction wrote the row, in this cluster only."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The type's name in DDL."""
        return "xid8"


ischema_names["xid8"] = TransactionId  # so that Alembic's comparison knows the column when it reads it back


def _key(name: str) -> Column[str]:
    return Column(name, Text(collation="C"), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text(collation="C"))


def _col(name: str, kind: TypeEngine[Any], default: str | None = None) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=None if default is None else text(default))


def _moment(name: str, *, nullable: bool = False, by_server: bool = False) -> Column[Any]:
    default = text("clock_timestamp()") if by_server else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def _table(name: str, *columns: SchemaItem) -> Table:
    return Table(name, metadata, *columns)


database_info = _table(
    "database_info",
    _col("only_row", Boolean(), "true"),
    _key("environment"),
    _col("epoch", BigInteger(), "1"),
    _moment("created_at", by_server=True),
    _key("created_by"),
    PrimaryKeyConstraint("only_row", name="pk_database_info"),
)

migration_record = _table(
    "migration_record",
    _key("revision"),
    _key("checksum"),
    _moment("applied_at", by_server=True),
    _key("tool_version"),
    PrimaryKeyConstraint("revision", name="pk_migration_record"),
)

tenant = _table(
    "tenant",
    _key("tenant_id"),
    _key("name"),
    Column("status", Text(collation="C"), nullable=False, server_default="active"),
    _key("domain"),
    _moment("created_at", by_server=True),
    _moment("updated_at", by_server=True),
    PrimaryKeyConstraint("tenant_id", name="pk_tenant"),
    Index("uq_tenant_lower_tenant_id", text("lower(tenant_id)"), unique=True),
)

tenant_purge = _table(
    "tenant_purge",
    _key("tenant_id"),
    _col("operation_id", Uuid()),
    _text("reason"),
    _moment("started_at", by_server=True),
    _key("started_by"),
    _col("rows_before", JSONB()),
    Column("receipt", JSONB()),
    _moment("finished_at", nullable=True),
    _col("xid", TransactionId(), "pg_current_xact_id()"),
    PrimaryKeyConstraint("tenant_id", name="pk_tenant_purge"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_tenant_purge_tenant", ondelete="RESTRICT"),
)

operation = _table(
    "operation",
    _col("operation_id", Uuid()),
    _moment("at"),
    _key("command"),
    _col("arguments", JSONB()),
    _key("actor"),
    _text("reason"),
    _text("tenant_id"),
    _key("outcome"),
    _col("duration_ms", BigInteger()),
    _col("before", JSONB()),
    _col("after", JSONB()),
    _key("tool_version"),
    _col("reads", Boolean(), "false"),
    PrimaryKeyConstraint("operation_id", name="pk_operation"),
    Index("ix_operation_at", text("at DESC"), text("operation_id DESC")),
    Index("ix_operation_changes", text("at DESC"), text("operation_id DESC"), postgresql_where=text("NOT reads")),
    Index(
        "ix_operation_tenant",
        "tenant_id",
        text("at DESC"),
        text("operation_id DESC"),
        postgresql_where=text("tenant_id IS NOT NULL"),
    ),
)

journal_cut = _table(
    "journal_cut",
    _col("cut_id", Uuid()),
    _moment("until"),
    _col("entries", BigInteger()),
    _key("sha256"),
    _text("reason"),
    _key("cut_by"),
    _moment("cut_at", by_server=True),
    _col("xid", TransactionId(), "pg_current_xact_id()"),
    PrimaryKeyConstraint("cut_id", name="pk_journal_cut"),
)

domain_pack_version = _table(
    "domain_pack_version",
    _key("domain"),
    _col("version", Integer()),
    _col("pack_json", JSONB()),
    _key("checksum"),
    _moment("created_at", by_server=True),
    _key("created_by"),
    _text("note"),
    PrimaryKeyConstraint("domain", "version", name="pk_domain_pack_version"),
)

tenant_policy_pack_version = _table(
    "tenant_policy_pack_version",
    _key("tenant_id"),
    _col("version", Integer()),
    _key("domain"),
    _col("pack_json", JSONB()),
    _key("checksum"),
    _moment("created_at", by_server=True),
    _key("created_by"),
    _text("note"),
    PrimaryKeyConstraint("tenant_id", "version", name="pk_tenant_policy_pack_version"),
    ForeignKeyConstraint(
        ["tenant_id"], ["tenant.tenant_id"], name="fk_tenant_policy_pack_version_tenant", ondelete="RESTRICT"
    ),
)

pack_activation = _table(
    "pack_activation",
    _key("tenant_id"),
    _col("no", Integer()),
    _key("domain"),
    _col("domain_version", Integer()),
    Column("policy_version", Integer()),
    _moment("activated_at", by_server=True),
    _key("activated_by"),
    _text("reason"),
    PrimaryKeyConstraint("tenant_id", "no", name="pk_pack_activation"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_pack_activation_tenant", ondelete="RESTRICT"),
    ForeignKeyConstraint(
        ["domain", "domain_version"],
        ["domain_pack_version.domain", "domain_pack_version.version"],
        name="fk_pack_activation_domain_pack_version",
        ondelete="RESTRICT",
    ),
    ForeignKeyConstraint(
        ["tenant_id", "policy_version"],
        ["tenant_policy_pack_version.tenant_id", "tenant_policy_pack_version.version"],
        name="fk_pack_activation_tenant_policy_pack_version",
        ondelete="RESTRICT",
    ),
)

exception = _table(
    "exception",
    _key("tenant_id"),
    _key("exception_id"),
    _key("domain"),
    _key("type"),
    _key("severity"),
    Column(
        "severity_rank",
        SmallInteger(),
        Computed(
            "CASE severity WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'critical' THEN 4 END",
            persisted=True,
        ),
        nullable=False,
    ),
    _key("status"),
    _key("source_system"),
    _text("entity"),
    Column("amount", Numeric()),
    Column(
        "amount_rank",
        Double(),
        Computed(
            "CASE WHEN amount IS NOT NULL THEN least(greatest(round(amount, 12), -1e30), 1e30)::double precision END",
            persisted=True,
        ),
    ),
    _text("currency"),
    _moment("sla_deadline", nullable=True),
    _text("owner"),
    _text("current_playbook_id"),
    Column("current_step", Integer()),
    _col("raw_payload", JSONB()),
    _col("normalized_context", JSONB()),
    _col("source_digest", LargeBinary()),
    _moment("created_at"),
    _moment("updated_at"),
    _moment("resolved_at", nullable=True),
    _col("last_event_no", BigInteger()),
    _col("last_event_hash", LargeBinary()),
    PrimaryKeyConstraint("tenant_id", "exception_id", name="pk_exception"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_exception_tenant", ondelete="RESTRICT"),
    Index("ix_exception_newest", "tenant_id", text("created_at DESC"), text("exception_id DESC")),
    Index("ix_exception_status_severity", "tenant_id", "status", "severity"),
    Index("ix_exception_type", "tenant_id", "type", text("created_at DESC"), text("exception_id DESC")),
    Index(
        "ix_exception_sla_deadline",
        "tenant_id",
        "sla_deadline",
        "exception_id",
        postgresql_where=text("status <> 'resolved'"),
    ),
    Index(
        "ix_exception_entity",
        "tenant_id",
        "entity",
        text("created_at DESC"),
        text("exception_id DESC"),
        postgresql_where=text("entity IS NOT NULL"),
    ),
    Index("ix_exception_source", "tenant_id", "source_system", text("created_at DESC"), text("exception_id DESC")),
    Index(
        "ix_exception_owner",
        "tenant_id",
        "owner",
        text("created_at DESC"),
        text("exception_id DESC"),
        postgresql_where=text("owner IS NOT NULL"),
    ),
    Index(
        "ix_exception_severity",
        "tenant_id",
        text("severity_rank DESC"),
        text("created_at DESC"),
        text("exception_id DESC"),
    ),
    Index("ix_exception_amount", "tenant_id", text("amount_rank DESC NULLS LAST"), text("exception_id DESC")),
    Index(
        "ix_exception_playbook",
        "tenant_id",
        "current_playbook_id",
        text("created_at DESC"),
        text("exception_id DESC"),
        postgresql_where=text("current_playbook_id IS NOT NULL AND status <> 'resolved'"),
    ),
)

exception_event = _table(
    "exception_event",
    _key("tenant_id"),
    _key("exception_id"),
    _col("event_no", BigInteger()),
    _col("event_id", Uuid()),
    _key("event_type"),
    _key("actor_type"),
    _key("actor_id"),
    _col("payload", JSONB()),
    _moment("created_at"),
    _col("leaf", LargeBinary()),
    _col("hash", LargeBinary()),
    _col("xid", TransactionId(), "pg_current_xact_id()"),
    PrimaryKeyConstraint("tenant_id", "exception_id", "event_no", name="pk_exception_event"),
    UniqueConstraint("tenant_id", "event_id", name="uq_exception_event_event_id"),
    ForeignKeyConstraint(
        ["tenant_id", "exception_id"],
        ["exception.tenant_id", "exception.exception_id"],
        name="fk_exception_event_exception",
        ondelete="RESTRICT",
    ),
    Index(
        "ix_exception_event_newest",
        "tenant_id",
        text("created_at DESC"),
        text("exception_id DESC"),
        text("event_no DESC"),
    ),
    Index("ix_exception_event_xid", "tenant_id", "xid"),
)

event_seal = _table(
    "event_seal",
    _key("tenant_id"),
    _col("seal_no", BigInteger()),
    _col("exceptions", BigInteger()),
    _col("events", BigInteger()),
    _col("root", LargeBinary()),
    _col("previous", LargeBinary()),
    _col("hash", LargeBinary()),
    _col("horizon", TransactionId()),
    _col("epoch", BigInteger()),
    _moment("sealed_at"),
    _key("sealed_by"),
    PrimaryKeyConstraint("tenant_id", "seal_no", name="pk_event_seal"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_event_seal_tenant", ondelete="RESTRICT"),
)

event_seal_entry = _table(
    "event_seal_entry",
    _key("tenant_id"),
    _col("seal_no", BigInteger()),
    _key("exception_id"),
    _col("life", Integer()),
    _col("first_event_no", BigInteger()),
    _col("last_event_no", BigInteger()),
    _col("hash", LargeBinary()),
    PrimaryKeyConstraint("tenant_id", "seal_no", "exception_id", name="pk_event_seal_entry"),
    UniqueConstraint("tenant_id", "exception_id", "life", "last_event_no", name="uq_event_seal_entry_last_event_no"),
    ForeignKeyConstraint(
        ["tenant_id", "seal_no"],
        ["event_seal.tenant_id", "event_seal.seal_no"],
        name="fk_event_seal_entry_event_seal",
        ondelete="RESTRICT",
    ),
)

erasure = _table(
    "erasure",
    _key("tenant_id"),
    _key("exception_id"),
    _col("erasure_no", Integer()),
    _col("events", BigInteger()),
    _col("head_hash", LargeBinary()),
    _col("leaves", LargeBinary()),
    _key("reason"),
    _col("operation_id", Uuid()),
    _moment("erased_at", by_server=True),
    _col("xid", TransactionId(), "pg_current_xact_id()"),
    PrimaryKeyConstraint("tenant_id", "exception_id", "erasure_no", name="pk_erasure"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_erasure_tenant", ondelete="RESTRICT"),
)

legal_hold = _table(
    "legal_hold",
    _key("tenant_id"),
    _col("hold_id", Uuid()),
    _text("exception_id"),
    _key("reason"),
    _moment("placed_at", by_server=True),
    _key("placed_by"),
    _moment("released_at", nullable=True),
    _text("released_by"),
    _text("release_reason"),
    PrimaryKeyConstraint("tenant_id", "hold_id", name="pk_legal_hold"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_legal_hold_tenant", ondelete="RESTRICT"),
    Index("ix_legal_hold_active", "tenant_id", "exception_id", postgresql_where=text("released_at IS NULL")),
)

seed_run = _table(
    "seed_run",
    _key("tenant_id"),
    _key("identity"),
    _key("scenario"),
    _col("seed", BigInteger()),
    _col("manifest", JSONB()),
    _moment("as_of"),
    _key("state"),
    _col("records", Integer()),
    _text("digest"),
    _moment("created_at", by_server=True),
    _moment("updated_at", by_server=True),
    PrimaryKeyConstraint("tenant_id", "identity", name="pk_seed_run"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_seed_run_tenant", ondelete="RESTRICT"),
)

seed_chunk = _table(
    "seed_chunk",
    _key("tenant_id"),
    _key("identity"),
    _col("first_no", Integer()),
    _col("records", Integer()),
    _col("inserted", Integer()),
    _moment("written_at", by_server=True),
    PrimaryKeyConstraint("tenant_id", "identity", "first_no", name="pk_seed_chunk"),
    ForeignKeyConstraint(
        ["tenant_id", "identity"],
        ["seed_run.tenant_id", "seed_run.identity"],
        name="fk_seed_chunk_seed_run",
        ondelete="RESTRICT",
    ),
)

playbook = _table(
    "playbook",
    _key("tenant_id"),
    _key("playbook_id"),
    _col("version", Integer()),
    _text("name"),
    _text("description"),
    _col("conditions", JSONB()),
    _col("approved", Boolean()),
    _col("success_criteria", JSONB()),
    _key("origin"),
    _col("origin_version", Integer()),
    _key("checksum"),
    _col("active", Boolean()),
    _moment("created_at", by_server=True),
    PrimaryKeyConstraint("tenant_id", "playbook_id", "version", name="pk_playbook"),
    UniqueConstraint("tenant_id", "playbook_id", "checksum", name="uq_playbook_checksum"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_playbook_tenant", ondelete="RESTRICT"),
    Index("uq_playbook_active", "tenant_id", "playbook_id", unique=True, postgresql_where=text("active")),
)

playbook_step = _table(
    "playbook_step",
    _key("tenant_id"),
    _key("playbook_id"),
    _col("version", Integer()),
    _col("step_order", Integer()),
    _key("name"),
    _key("action_type"),
    _key("action"),
    _text("tool_name"),
    _text("description"),
    _col("params", JSONB()),
    PrimaryKeyConstraint("tenant_id", "playbook_id", "version", "step_order", name="pk_playbook_step"),
    UniqueConstraint("tenant_id", "playbook_id", "version", "name", name="uq_playbook_step_name"),
    ForeignKeyConstraint(
        ["tenant_id", "playbook_id", "version"],
        ["playbook.tenant_id", "playbook.playbook_id", "playbook.version"],
        name="fk_playbook_step_playbook",
        ondelete="RESTRICT",
    ),
)

tool_definition = _table(
    "tool_definition",
    _key("tenant_id"),
    _key("name"),
    _key("type"),
    _col("config", JSONB()),
    _key("domain"),
    _col("origin_version", Integer()),
    _col("in_pack", Boolean()),
    _col("approved", Boolean()),
    _col("enabled", Boolean(), "true"),
    PrimaryKeyConstraint("tenant_id", "name", name="pk_tool_definition"),
    ForeignKeyConstraint(["tenant_id"], ["tenant.tenant_id"], name="fk_tool_definition_tenant", ondelete="RESTRICT"),
)
