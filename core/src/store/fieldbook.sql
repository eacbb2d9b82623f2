-- The fieldbook: everything one device keeps, version 1.
--
-- `change` is the truth about what was saved here, `hub` about what the server said. `shown`, `word` and `entity_key`
-- are derived from those two and can be made anew at any time.

-- Single facts by name: identity, epoch, counters.
CREATE TABLE meta (
  name  TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The change log. One row is one save. Rows of an earlier replica (before a fork) stay for their history.
CREATE TABLE change (
  rid      INTEGER NOT NULL,
  seq      INTEGER NOT NULL CHECK (seq > 0),
  record   BLOB NOT NULL CHECK (length(record) = 16),
  -- As made by the replica that saved; never made anew.
  bytes    BLOB NOT NULL,
  -- Chain hash after this change.
  hash     BLOB NOT NULL CHECK (length(hash) = 32),
  -- When it was saved, UTC milliseconds, by the server's clock as far as this device knows it.
  saved_ms INTEGER NOT NULL,
  -- `pending` until the server's signed receipt; `quarantined`: received, not accepted.
  state    TEXT NOT NULL CHECK (state IN ('pending', 'received', 'quarantined')),
  -- Why it is in quarantine.
  code     TEXT CHECK ((code IS NOT NULL) = (state = 'quarantined')),
  PRIMARY KEY (rid, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_record ON change (record);
CREATE INDEX change_pending ON change (rid, seq) WHERE state = 'pending';
CREATE INDEX change_quarantined ON change (rid, seq) WHERE state = 'quarantined';
-- Has a row only within the transaction that rewrites changes after a fork.
CREATE TABLE forking (replica INTEGER NOT NULL) STRICT;
-- What has no receipt is never deleted, whoever asks.
CREATE TRIGGER change_unreceipted_stays BEFORE DELETE ON change
WHEN OLD.state = 'pending' AND NOT EXISTS (SELECT 1 FROM forking)
BEGIN SELECT RAISE(ABORT, 'a change without a receipt is never deleted'); END;

-- Records as the server merged them.
CREATE TABLE hub (
  record BLOB NOT NULL PRIMARY KEY CHECK (length(record) = 16),
  state  BLOB NOT NULL,
  -- The record's part of its grid's digest, 16 bytes big-endian.
  digest BLOB NOT NULL CHECK (length(digest) = 16),
  -- The server's epoch that it came in.
  epoch  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- In which of the device's grids a record lies; several while its grid is disputed.
CREATE TABLE hub_grid (
  grid   TEXT NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (grid, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX hub_grid_record ON hub_grid (record);
-- Records that left the device's grids: own changes to them are kept and not shown.
CREATE TABLE hub_left (
  record BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- How far each grid's feed was read.
CREATE TABLE cursor (
  grid TEXT NOT NULL PRIMARY KEY,
  rev  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The device's scope.
CREATE TABLE grid (
  code    TEXT NOT NULL PRIMARY KEY,
  name    TEXT NOT NULL,
  layer   TEXT NOT NULL,
  -- Pairs of longitude and latitude, degrees × 10^7, little-endian 32-bit integers.
  outline BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- Names of the people who write in these grids.
CREATE TABLE person (
  no   INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

-- Photos taken here; the bytes are files named by their hash.
CREATE TABLE photo (
  hash     BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
  len      INTEGER NOT NULL,
  added_ms INTEGER NOT NULL,
  -- The record that claims it; none while it belongs to a draft.
  record   BLOB,
  state    TEXT NOT NULL CHECK (state IN ('local', 'received'))
) STRICT, WITHOUT ROWID;
CREATE INDEX photo_local ON photo (added_ms) WHERE state = 'local' AND record IS NOT NULL;
CREATE TRIGGER photo_unreceipted_stays BEFORE DELETE ON photo
WHEN OLD.state = 'local' AND OLD.record IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a photo without a receipt is never deleted'); END;

-- Forms begun and not saved.
CREATE TABLE draft (
  id         INTEGER NOT NULL PRIMARY KEY,
  type       INTEGER NOT NULL,
  record     BLOB,
  form       BLOB NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT;

-- What lists show: one row a record that can be seen. Derived.
CREATE TABLE shown (
  id         INTEGER NOT NULL PRIMARY KEY,
  record     BLOB NOT NULL UNIQUE,
  type       INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  grid       TEXT,
  title      TEXT NOT NULL,
  alive      INTEGER NOT NULL,
  conflicts  INTEGER NOT NULL,
  lat_e7     INTEGER,
  lon_e7     INTEGER,
  datum      INTEGER,
  updated_ms INTEGER NOT NULL,
  updated_by INTEGER NOT NULL,
  visited_ms INTEGER,
  -- Normalised text that searching finds it by.
  text       TEXT NOT NULL
) STRICT;
CREATE INDEX shown_conflict ON shown (updated_ms) WHERE conflicts > 0;
-- Parts of names, addresses and codes. Derived. It holds no text of its own: `shown.text` has it.
CREATE VIRTUAL TABLE word USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = "ascii"
);
-- A page of the server's is gathered in memory and written at once: bytes.
INSERT INTO word (word, rank) VALUES ('hashsize', 4194304);
-- Rows of `shown` whose words are still to be written: with the next page, or when there are enough of them. Until then
-- searching looks at each. Derived.
CREATE TABLE word_due (
  id  INTEGER NOT NULL PRIMARY KEY,
  -- 1: there are words of an earlier text.
  had INTEGER NOT NULL
) STRICT;
-- Keyed hashes of the records' own identity codes. Derived.
CREATE TABLE entity_key (
  key    BLOB NOT NULL CHECK (length(key) = 16),
  record BLOB NOT NULL,
  PRIMARY KEY (key, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_key_record ON entity_key (record);

-- Runs of sync.
CREATE TABLE session (
  id          INTEGER NOT NULL PRIMARY KEY,
  started_ms  INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  -- `finished`, or a stable code of why not.
  outcome     TEXT NOT NULL,
  pushed      INTEGER NOT NULL,
  pulled      INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  photos      INTEGER NOT NULL,
  bytes_up    INTEGER NOT NULL,
  bytes_down  INTEGER NOT NULL,
  retries     INTEGER NOT NULL,
  divergences INTEGER NOT NULL
) STRICT;
