ALTER TABLE difference ADD COLUMN settled_why VARCHAR;
