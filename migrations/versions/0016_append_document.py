"""Appending an event as a procedure that is given what is hashed: the event's canonical document, nothing beside it.

What the log holds is then what its leaf covers, whoever calls. A CALL is not planned, as each SELECT from the function
of 0014 is, and has one value to send instead of nine.

Safety: nothing is rewritten or locked; that function stays for the version before. `downgrade` loses nothing.
"""

from alembic import op

revision = "0016"
down_revision = "0015"

_NAME = "sentinai_append(text, jsonb, bigint, bytea, boolean)"

# It runs with the rights and under the policies of whoever calls it. Both rows are written or neither: the block around
# them is undone when the id is taken, which the head's update before it must not outlive. What `changed` does not name
# stays; NULL, as most events have it, leaves the columns alone, and so their indexes. The bytes before the document are
# those of models/event_hash.py: 0x00 and the name of the format.
_PROCEDURE = """
    CREATE PROCEDURE sentinai_append(
        document text, changed jsonb, INOUT new_no bigint, INOUT new_hash bytea, INOUT taken boolean
    ) LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
        said jsonb := document;
        of_tenant text := said ->> 'tenant_id';
        of_exception text := said ->> 'exception_id';
        at timestamptz := said ->> 'created_at';
        new_leaf bytea := sha256('\\x00'::bytea || convert_to('sentinai.event.v1' || document, 'UTF8'));
        violated text;
    BEGIN
        taken := false;
        IF changed IS NULL THEN
            UPDATE exception AS x SET
                last_event_no = x.last_event_no + 1,
                last_event_hash = sha256(
                    '\\x01'::bytea || x.last_event_hash || int8send(x.last_event_no + 1) || new_leaf
                ),
                updated_at = at
            WHERE x.tenant_id = of_tenant AND x.exception_id = of_exception AND x.updated_at <= at
            RETURNING x.last_event_no, x.last_event_hash INTO new_no, new_hash;
        ELSE
            UPDATE exception AS x SET
                last_event_no = x.last_event_no + 1,
                last_event_hash = sha256(
                    '\\x01'::bytea || x.last_event_hash || int8send(x.last_event_no + 1) || new_leaf
                ),
                updated_at = at,
                severity = CASE WHEN changed ? 'severity' THEN changed ->> 'severity' ELSE x.severity END,
                status = CASE WHEN changed ? 'status' THEN changed ->> 'status' ELSE x.status END,
                owner = CASE WHEN changed ? 'owner' THEN changed ->> 'owner' ELSE x.owner END,
                sla_deadline = CASE WHEN changed ? 'sla_deadline'
                    THEN (changed ->> 'sla_deadline')::timestamptz ELSE x.sla_deadline END,
                resolved_at = CASE WHEN changed ? 'resolved_at'
                    THEN (changed ->> 'resolved_at')::timestamptz ELSE x.resolved_at END,
                current_playbook_id = CASE WHEN changed ? 'current_playbook_id'
                    THEN changed ->> 'current_playbook_id' ELSE x.current_playbook_id END,
                current_step = CASE WHEN changed ? 'current_step'
                    THEN (changed ->> 'current_step')::integer ELSE x.current_step END
            WHERE x.tenant_id = of_tenant AND x.exception_id = of_exception AND x.updated_at <= at
            RETURNING x.last_event_no, x.last_event_hash INTO new_no, new_hash;
        END IF;
        IF FOUND THEN
            INSERT INTO exception_event (
                tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at,
                leaf, hash
            ) VALUES (
                of_tenant, of_exception, new_no, (said ->> 'event_id')::uuid, said ->> 'event_type',
                said ->> 'actor_type', said ->> 'actor_id', said -> 'payload', at, new_leaf, new_hash
            );
        END IF;
    EXCEPTION WHEN unique_violation THEN
        GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
        IF violated <> 'uq_exception_event_event_id' THEN
            RAISE;
        END IF;
        taken := true;
    END
    $$
"""


def upgrade() -> None:
    """Create."""
    op.execute(_PROCEDURE)
    op.execute(f"REVOKE EXECUTE ON PROCEDURE {_NAME} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON PROCEDURE {_NAME} TO sentinai_app, sentinai_operator")


def downgrade() -> None:
    """Drop."""
    op.execute(f"DROP PROCEDURE {_NAME}")
