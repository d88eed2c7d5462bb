CREATE TABLE draft_return (
  key TEXT COLLATE "C" NOT NULL,
  home_tenant INTEGER NOT NULL,
  draft_id UUID NOT NULL,
  phone_digest BYTEA,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_draft_return PRIMARY KEY (key)
);

ALTER TABLE citizen_draft ADD COLUMN form_version INTEGER DEFAULT '1' NOT NULL;
