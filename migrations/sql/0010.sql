CREATE TABLE draft (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  state VARCHAR DEFAULT 'open' NOT NULL,
  submit_key UUID NOT NULL,
  item_code TEXT COLLATE "C" NOT NULL,
  form_code VARCHAR NOT NULL,
  form_version INTEGER NOT NULL,
  form_hash VARCHAR NOT NULL,
  citizen_id UUID,
  staff_id UUID,
  agent_mode VARCHAR DEFAULT 'self' NOT NULL,
  channel VARCHAR NOT NULL,
  village_code TEXT COLLATE "C",
  step VARCHAR,
  typed BYTEA NOT NULL,
  revisions JSONB NOT NULL,
  data_key_id UUID NOT NULL,
  case_id UUID,
  consented_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_draft PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_draft_tenant_id_submit_key UNIQUE (tenant_id, submit_key)
);

CREATE INDEX ix_draft_due ON draft (tenant_id, expires_at) WHERE state in ('open', 'handed');

CREATE TABLE citizen_draft (
  citizen_id UUID NOT NULL,
  draft_id UUID NOT NULL,
  tenant_id INTEGER NOT NULL,
  form_code VARCHAR NOT NULL,
  title VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_citizen_draft PRIMARY KEY (citizen_id, draft_id)
);

CREATE TABLE work_item (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  kind VARCHAR NOT NULL,
  subject_tenant_id INTEGER NOT NULL,
  subject_id UUID NOT NULL,
  title VARCHAR NOT NULL,
  village_code TEXT COLLATE "C",
  state VARCHAR DEFAULT 'live' NOT NULL,
  due_on DATE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  closed_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_work_item PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_work_item_live ON work_item (tenant_id, created_at, id) WHERE state = 'live';

CREATE UNIQUE INDEX uq_work_item_one_live ON work_item (tenant_id, kind, subject_id) WHERE state = 'live';
