CREATE TABLE attachment (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  owner_id UUID NOT NULL,
  case_id UUID,
  question VARCHAR NOT NULL,
  material_code VARCHAR NOT NULL,
  sealed_name BYTEA NOT NULL,
  media_type VARCHAR NOT NULL,
  size INTEGER NOT NULL,
  sm3 VARCHAR,
  claimed_sha256 VARCHAR,
  state VARCHAR NOT NULL,
  scan_state VARCHAR DEFAULT 'not_scanned' NOT NULL,
  refusal VARCHAR,
  data_key_id UUID NOT NULL,
  object_key VARCHAR NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  settled_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_attachment PRIMARY KEY (tenant_id, id),
  CONSTRAINT ck_attachment_state CHECK (state in ('quarantined', 'clean', 'refused', 'claimed', 'discarded', 'purged')),
  CONSTRAINT ck_attachment_scan_state CHECK (scan_state in ('not_scanned', 'clean', 'infected', 'error')),
  CONSTRAINT ck_attachment_claimed_by_a_case CHECK (state <> 'claimed' or case_id is not null),
  CONSTRAINT ck_attachment_clean_has_digest CHECK (state not in ('clean', 'claimed') or sm3 is not null)
);

CREATE INDEX ix_attachment_case ON attachment (tenant_id, case_id);

CREATE INDEX ix_attachment_owner ON attachment (tenant_id, owner_id);

CREATE INDEX ix_attachment_state ON attachment (tenant_id, state, created_at);
