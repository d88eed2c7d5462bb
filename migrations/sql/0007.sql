CREATE TABLE search_entry (
  tenant_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  words VARCHAR DEFAULT '' NOT NULL,
  pinyin TEXT COLLATE "C" DEFAULT '' NOT NULL,
  initials TEXT COLLATE "C" DEFAULT '' NOT NULL,
  address VARCHAR NOT NULL,
  day DATE,
  CONSTRAINT pk_search_entry PRIMARY KEY (tenant_id, kind, key)
);
