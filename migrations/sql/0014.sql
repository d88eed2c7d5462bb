CREATE TABLE form_version (
  id UUID NOT NULL,
  code VARCHAR NOT NULL,
  number INTEGER,
  state VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  body TEXT NOT NULL,
  parts TEXT NOT NULL,
  hash VARCHAR NOT NULL,
  origin VARCHAR NOT NULL,
  note VARCHAR DEFAULT '' NOT NULL,
  author VARCHAR DEFAULT '' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  published_by VARCHAR DEFAULT '' NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE,
  withdrawn_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_form_version PRIMARY KEY (id),
  CONSTRAINT uq_form_version_code_number UNIQUE (code, number),
  CONSTRAINT ck_form_version_state CHECK (state in ('draft', 'live', 'past', 'withdrawn', 'dropped')),
  CONSTRAINT ck_form_version_published_has_number CHECK ((number is null) = (state in ('draft', 'dropped')))
);

CREATE UNIQUE INDEX uq_form_one_draft ON form_version (code) WHERE state = 'draft';

CREATE UNIQUE INDEX uq_form_one_live ON form_version (code) WHERE state = 'live';

CREATE TABLE form_sheet (
  version_id UUID NOT NULL,
  state VARCHAR NOT NULL,
  moves INTEGER DEFAULT 0 NOT NULL,
  asks INTEGER DEFAULT 0 NOT NULL,
  stays INTEGER DEFAULT 0 NOT NULL,
  townships INTEGER DEFAULT 0 NOT NULL,
  counted INTEGER DEFAULT 0 NOT NULL,
  fields JSONB DEFAULT '[]' NOT NULL,
  asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
  done_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_form_sheet PRIMARY KEY (version_id),
  CONSTRAINT fk_form_sheet_version_id_form_version FOREIGN KEY(version_id) REFERENCES form_version (id),
  CONSTRAINT ck_form_sheet_state CHECK (state in ('counting', 'done'))
);

ALTER TABLE draft ADD COLUMN told_version INTEGER;
