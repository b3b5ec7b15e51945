-- The newest entries of the operator journal.
SELECT o.at, o.command, o.actor, o.tenant_id, o.outcome FROM operation AS o
ORDER BY o.at DESC, o.operation_id DESC LIMIT %(few)s
