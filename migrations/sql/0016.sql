CREATE TABLE machine (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  title VARCHAR NOT NULL,
  kind VARCHAR NOT NULL,
  secret_digest BYTEA NOT NULL,
  reach TEXT[] NOT NULL,
  state VARCHAR DEFAULT 'active' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_machine PRIMARY KEY (tenant_id, id)
);

CREATE TABLE machine_filing (
  tenant_id INTEGER NOT NULL,
  machine_id UUID NOT NULL,
  key_digest BYTEA NOT NULL,
  draft_id UUID,
  body_digest BYTEA,
  CONSTRAINT pk_machine_filing PRIMARY KEY (tenant_id, machine_id, key_digest)
);
