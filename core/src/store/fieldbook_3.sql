-- What the person let themselves be shown of what is masked, when (this device's clock) and why.
CREATE TABLE revealed (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms    INTEGER NOT NULL,
    record   BLOB NOT NULL,
    type     INTEGER NOT NULL,
    field    INTEGER NOT NULL,
    instance BLOB,
    reason   TEXT NOT NULL
) STRICT;
