-- Records by their last change, with all that a list is filtered by: a page of it is chosen and ordered by the index alone.
CREATE INDEX shown_newest ON shown (updated_ms, record, type, grid) WHERE alive = 1;
