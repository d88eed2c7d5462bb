CREATE TABLE audit_entry (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  actor_kind VARCHAR NOT NULL,
  actor_id UUID,
  actor_label VARCHAR NOT NULL,
  action VARCHAR NOT NULL,
  subject VARCHAR NOT NULL,
  outcome VARCHAR NOT NULL,
  detail JSONB NOT NULL,
  seal_seq INTEGER,
  CONSTRAINT pk_audit_entry PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_audit_entry_tenant_id_at ON audit_entry (tenant_id, at);

CREATE INDEX ix_audit_entry_unsealed ON audit_entry (tenant_id) WHERE seal_seq is null;

CREATE TABLE audit_seal (
  tenant_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  digest BYTEA NOT NULL,
  chain BYTEA NOT NULL,
  sealed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_audit_seal PRIMARY KEY (tenant_id, seq)
);
