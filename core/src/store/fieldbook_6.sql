-- The title in English, where it is another one.
ALTER TABLE shown ADD COLUMN title_en TEXT;
-- What is masked is found whole or not at all: all that is derived is made anew when the fieldbook is opened.
INSERT INTO meta (name, value) VALUES ('rebuild', x'');
