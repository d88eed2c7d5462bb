CREATE TABLE library_version (
  kind VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  hash VARCHAR NOT NULL,
  body JSONB NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_library_version PRIMARY KEY (kind, key, version)
);

CREATE TABLE pin (
  tenant_id INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  version INTEGER NOT NULL,
  hash VARCHAR NOT NULL,
  overlay JSONB DEFAULT '{}' NOT NULL,
  CONSTRAINT pk_pin PRIMARY KEY (tenant_id, kind, key)
);

CREATE TABLE document_version (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  kind VARCHAR NOT NULL,
  key VARCHAR NOT NULL,
  number INTEGER,
  state VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  body JSONB NOT NULL,
  hash VARCHAR NOT NULL,
  note VARCHAR DEFAULT '' NOT NULL,
  author VARCHAR DEFAULT '' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  published_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_document_version PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_document_version_tenant_id_kind_key_number UNIQUE (tenant_id, kind, key, number)
);

CREATE INDEX ix_document_live_newest ON document_version (tenant_id, kind, published_at) WHERE state = 'live';

CREATE UNIQUE INDEX uq_document_one_draft ON document_version (tenant_id, kind, key) WHERE state = 'draft';

CREATE UNIQUE INDEX uq_document_one_live ON document_version (tenant_id, kind, key) WHERE state = 'live';
