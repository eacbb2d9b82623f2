-- Version 3: what a revoked replica was before, and since when it is revoked.

CREATE TABLE revocation (                  -- one row while a replica is revoked
    rid INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    before TEXT NOT NULL CHECK (before IN ('active', 'unconfirmed')) -- its state when it is admitted again
) STRICT;

-- Of those revoked earlier, whoever has changes that wait for a confirmation was never confirmed.
INSERT INTO revocation (rid, at_ms, before)
    SELECT rid, unixepoch() * 1000, CASE WHEN EXISTS (
        SELECT 1 FROM quarantine WHERE quarantine.rid = replica.rid AND code = 'held' AND quarantine.state = 'open'
    ) THEN 'unconfirmed' ELSE 'active' END
    FROM replica WHERE state = 'revoked';
