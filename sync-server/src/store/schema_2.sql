-- Version 2: what a database knows of having been put back from a backup.

CREATE TABLE restored (                    -- one row each time the database was put back
    epoch INTEGER PRIMARY KEY,             -- the epoch that began then
    at_ms INTEGER NOT NULL,
    rid_floor INTEGER NOT NULL,            -- replica numbers up to here may have been given out and lost
    person_floor INTEGER NOT NULL          -- numbers of people likewise
) STRICT;

CREATE TABLE caught_up (                   -- replicas that have nothing left to hand in again
    rid INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL                 -- since this one began
) STRICT;

CREATE TABLE early (                       -- quarantined as 'early': changes of records that their makers have yet to hand in again
    record BLOB NOT NULL,                  -- UUIDv7
    rid INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (record, rid, seq)
) STRICT, WITHOUT ROWID;
