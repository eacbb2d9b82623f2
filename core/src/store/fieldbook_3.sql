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

-- Refused new records that were taken up again, each by its first change, with the draft that it became; none once that
-- was saved. One that was thrown away may be taken up once more.
CREATE TABLE taken_up (
    rid   INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    draft INTEGER,
    PRIMARY KEY (rid, seq)
) STRICT, WITHOUT ROWID;
