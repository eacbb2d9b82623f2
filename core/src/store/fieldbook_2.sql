-- Records by place, with all that a map draws of each: a window of it is read from the index alone.
CREATE INDEX shown_place ON shown (lat_e7, lon_e7, datum, type, conflicts, record)
WHERE alive = 1 AND lat_e7 IS NOT NULL;
