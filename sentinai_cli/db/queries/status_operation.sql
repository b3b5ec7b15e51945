-- The newest entries of the operator journal, but for readings.
SELECT o.at, o.command, o.actor, o.tenant_id, o.outcome FROM operation AS o WHERE NOT o.reads
ORDER BY o.at DESC, o.operation_id DESC LIMIT %(few)s
