-- Why a photo could not be handed in when that was tried last.
ALTER TABLE photo ADD COLUMN trouble TEXT CHECK (trouble IN ('damaged', 'unreleased', 'over_quota'));
CREATE INDEX photo_damaged ON photo (record) WHERE trouble = 'damaged';
