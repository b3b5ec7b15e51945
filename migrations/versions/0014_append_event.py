"""Appending an event as a function: head, event and a taken id in one statement whose plans the session keeps.

Safety: nothing is rewritten or locked; the version before goes on working without it. `downgrade` loses nothing.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

_ARGUMENTS = "text, text, uuid, text, text, text, jsonb, timestamptz, bytea, jsonb"

# It runs with the rights and under the policies of whoever calls it. Both rows are written or neither: the block around
# them is undone when the id is taken, which the head's update before it must not outlive. What `changed` does not name
# stays; NULL, as most events have it, leaves the columns alone, and so their indexes.
_FUNCTION = """
    CREATE FUNCTION sentinai_append_event(
        of_tenant text, of_exception text, new_id uuid, new_type text, by_type text, by_id text, said jsonb,
        at timestamptz, new_leaf bytea, changed jsonb, OUT new_no bigint, OUT new_hash bytea, OUT taken boolean
    ) LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
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
                of_tenant, of_exception, new_no, new_id, new_type, by_type, by_id, said, at, new_leaf, new_hash
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
    op.execute(_FUNCTION)
    op.execute(f"REVOKE EXECUTE ON FUNCTION sentinai_append_event({_ARGUMENTS}) FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION sentinai_append_event({_ARGUMENTS}) TO sentinai_app, sentinai_operator")


def downgrade() -> None:
    """Drop."""
    op.execute(f"DROP FUNCTION sentinai_append_event({_ARGUMENTS})")
