-- The server's database: one city. The truth is `change`; `record`, `identity`, `grid_digest` are made from it.
-- Times are UTC milliseconds by the server's clock unless a column says otherwise.

CREATE TABLE meta (                        -- one row: what the city is
    only INTEGER PRIMARY KEY CHECK (only = 1),
    organisation TEXT NOT NULL,
    epoch INTEGER NOT NULL,                -- rises when the database is restored from a backup
    invented INTEGER NOT NULL              -- 1: a demo city; the pages say so
) STRICT;

CREATE TABLE person (                      -- who writes or reads: workers, supervisors, rules
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('worker', 'supervisor', 'operator', 'auditor', 'admin', 'rule')),
    login TEXT UNIQUE,                     -- NULL: signs in nowhere
    password TEXT,                         -- argon2id, PHC string
    disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE area (                        -- street and community above the grids
    code TEXT PRIMARY KEY,                 -- 12 digits
    name TEXT NOT NULL,
    parent TEXT REFERENCES area (code)
) STRICT, WITHOUT ROWID;

CREATE TABLE grid (                        -- smallest managed area
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    layer TEXT NOT NULL CHECK (layer IN ('land', 'household')),
    area TEXT NOT NULL,                    -- its community
    outline BLOB NOT NULL                  -- postcard: closed ring of (longitude, latitude), degrees × 10⁷, WGS-84
) STRICT;

CREATE TABLE replica (                     -- one incarnation of a device's log, or a writer of the server
    rid INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    replica BLOB NOT NULL UNIQUE,          -- 16 random bytes minted on the device
    person INTEGER NOT NULL REFERENCES person (no),
    state TEXT NOT NULL CHECK (state IN ('active', 'unconfirmed', 'revoked', 'retired', 'server')),
    device TEXT NOT NULL,                  -- what the device said it is
    device_key BLOB NOT NULL,              -- Ed25519 public key; empty for the server's own
    chain_key BLOB NOT NULL,               -- key of the hash chain
    last_seq INTEGER NOT NULL DEFAULT 0,   -- highest change received
    hash BLOB NOT NULL,                    -- chain hash there
    counter INTEGER NOT NULL DEFAULT 0,    -- highest request counter used
    scope_version INTEGER NOT NULL DEFAULT 1, -- rises with each change of its grids
    scope_told INTEGER NOT NULL DEFAULT 0, -- version of the grids that it was last told
    was INTEGER REFERENCES replica (rid),  -- the replica it was copied or restored from
    enrolled_ms INTEGER NOT NULL,
    heard_ms INTEGER,                      -- last request
    clock_offset_ms INTEGER                -- server clock minus device clock, when last heard
) STRICT;

CREATE TABLE replica_grid (                -- grids of a replica; kept after they end, for changes still under way
    rid INTEGER NOT NULL REFERENCES replica (rid),
    grid INTEGER NOT NULL REFERENCES grid (id),
    until_version INTEGER,                 -- NULL: still its own; else the scope version that ended it
    PRIMARY KEY (rid, grid)
) STRICT, WITHOUT ROWID;
CREATE INDEX replica_of_grid ON replica_grid (grid);

CREATE TABLE enrolment (                   -- a code shown to one person's device
    id INTEGER PRIMARY KEY,                -- random
    person INTEGER NOT NULL REFERENCES person (no),
    grids TEXT NOT NULL,                   -- JSON list of grid codes
    secret_hash BLOB NOT NULL,             -- SHA-256 of the one-time secret
    secret BLOB,                           -- the secret itself until it was used or ran out
    expires_ms INTEGER NOT NULL,
    auto_confirm INTEGER NOT NULL,         -- 1: nobody compares fingerprints (demo, tests)
    request BLOB,                          -- the device's part, once it came (postcard Enrol)
    rid INTEGER REFERENCES replica (rid)   -- set when confirmed
) STRICT;

CREATE TABLE change (                      -- the log: every change as the bytes its replica made
    rid INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    record INTEGER NOT NULL,               -- record.id; 0 while quarantined or held
    received_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (rid, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_of_record ON change (record);

CREATE TABLE push_head (                   -- what each device signed
    rid INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (rid, last_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (                  -- received, on disk, not accepted; never dropped
    rid INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    code TEXT NOT NULL,                    -- stable reason; 'held' until an unconfirmed replica is confirmed
    received_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'released', 'dismissed')),
    settled_by INTEGER REFERENCES person (no),
    settled_ms INTEGER,
    PRIMARY KEY (rid, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_open ON quarantine (received_ms) WHERE state = 'open';

CREATE TABLE record (                      -- merged records
    id INTEGER PRIMARY KEY,
    record BLOB NOT NULL UNIQUE,           -- UUIDv7
    type INTEGER NOT NULL,
    grid INTEGER NOT NULL,                 -- grid.id of its first live grid; 0: none known
    rev INTEGER NOT NULL,                  -- revision of its last change; order of commit
    conflicts INTEGER NOT NULL,            -- registers with more than one distinct live value
    dead INTEGER NOT NULL,                 -- 1: its life register says so and agrees
    title TEXT NOT NULL,                   -- one line for lists, unmasked
    lat_e7 INTEGER, lon_e7 INTEGER,        -- where, WGS-84 degrees × 10⁷
    updated_ms INTEGER NOT NULL,           -- received last
    digest BLOB NOT NULL,                  -- 16 bytes, see RecordState::digest
    state BLOB NOT NULL                    -- RecordState
) STRICT;
CREATE INDEX record_feed ON record (grid, rev);
CREATE INDEX record_by_rev ON record (rev);
CREATE INDEX record_in_conflict ON record (rev) WHERE conflicts > 0;

CREATE TABLE rev (                         -- one row: the revision that the next changed record gets
    only INTEGER PRIMARY KEY CHECK (only = 1),
    next INTEGER NOT NULL
) STRICT;
INSERT INTO rev (only, next) VALUES (1, 1);

CREATE TABLE also_in (                     -- further live grids of a record, and grids that it left
    grid INTEGER NOT NULL,
    record INTEGER NOT NULL REFERENCES record (id),
    rev INTEGER NOT NULL,
    left INTEGER NOT NULL,                 -- 1: no longer there
    PRIMARY KEY (grid, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX also_in_feed ON also_in (grid, rev);

CREATE TABLE grid_digest (                 -- what a device that has all of a grid has
    grid INTEGER PRIMARY KEY,
    count INTEGER NOT NULL,
    sum BLOB NOT NULL                      -- 16 bytes, modulo 2¹²⁸
) STRICT;

CREATE TABLE identity (                    -- which records carry which own identity code
    kind INTEGER NOT NULL,                 -- entity kind
    key BLOB NOT NULL,                     -- keyed hash of the canonical code
    record INTEGER NOT NULL REFERENCES record (id),
    PRIMARY KEY (kind, key, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_of_record ON identity (record);

CREATE TABLE photo (                       -- photos that are whole and on disk, by who uploaded them
    hash BLOB NOT NULL,
    rid INTEGER NOT NULL,
    len INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    PRIMARY KEY (hash, rid)
) STRICT, WITHOUT ROWID;

CREATE TABLE photo_claim (                 -- photos that records name, by the replica that named them
    rid INTEGER NOT NULL,
    hash BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES record (id),
    PRIMARY KEY (rid, hash, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_claim_of_record ON photo_claim (record);

CREATE TABLE upload_grant (                -- leave to upload one photo
    token_hash BLOB PRIMARY KEY,
    rid INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    len INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE session (                     -- one run of sync of one device
    id INTEGER PRIMARY KEY,
    rid INTEGER NOT NULL,
    session INTEGER NOT NULL,              -- random, minted by the device
    started_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    requests INTEGER NOT NULL DEFAULT 0,
    pushed INTEGER NOT NULL DEFAULT 0,
    pulled INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0,  -- registers that came into conflict
    duplicates INTEGER NOT NULL DEFAULT 0, -- changes that were there already
    photos INTEGER NOT NULL DEFAULT 0,
    bytes_up INTEGER NOT NULL DEFAULT 0,
    bytes_down INTEGER NOT NULL DEFAULT 0,
    repaired INTEGER NOT NULL DEFAULT 0,   -- records sent again because digests differed
    clock_offset_ms INTEGER,               -- server clock minus device clock
    app TEXT, schema INTEGER, battery INTEGER, network TEXT, storage_free_mib INTEGER,
    retries INTEGER, last_session_ms INTEGER, outbox INTEGER, -- as the device said in its first request
    UNIQUE (rid, session)
) STRICT;
CREATE INDEX session_by_time ON session (started_ms);

CREATE TABLE web_session (                 -- people signed in
    token_hash BLOB PRIMARY KEY,
    person INTEGER NOT NULL REFERENCES person (no),
    csrf TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (                       -- who did what to whom; ids, never values
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    person INTEGER,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    hash BLOB NOT NULL                     -- SHA-256 of the hash before it and this row: a row changed later shows
) STRICT;
CREATE INDEX audit_of_person ON audit (person, action, at_ms);
