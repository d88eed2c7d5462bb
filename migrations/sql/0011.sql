CREATE TABLE case_record (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  case_no TEXT COLLATE "C" NOT NULL,
  short_code TEXT COLLATE "C" NOT NULL,
  submit_key UUID NOT NULL,
  state VARCHAR NOT NULL,
  open BOOLEAN NOT NULL,
  item_code TEXT COLLATE "C" NOT NULL,
  item_name VARCHAR NOT NULL,
  form_code VARCHAR NOT NULL,
  filed JSONB NOT NULL,
  channel VARCHAR NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  village_code TEXT COLLATE "C",
  citizen_id UUID,
  applicant_name TEXT COLLATE "C",
  applicant_initials TEXT COLLATE "C",
  id_digest BYTEA,
  phone_digest BYTEA,
  data_key_id UUID NOT NULL,
  body BYTEA NOT NULL,
  last_seq INTEGER NOT NULL,
  chain VARCHAR NOT NULL,
  limits JSONB NOT NULL,
  due_on DATE NOT NULL,
  promised_due_on DATE,
  statutory_due_on DATE,
  submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  erased_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_case_record PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_case_record_tenant_id_case_no UNIQUE (tenant_id, case_no),
  CONSTRAINT uq_case_record_tenant_id_short_code UNIQUE (tenant_id, short_code),
  CONSTRAINT uq_case_record_tenant_id_submit_key UNIQUE (tenant_id, submit_key)
);

CREATE INDEX ix_case_record_id_digest ON case_record (tenant_id, id_digest);

CREATE INDEX ix_case_record_initials ON case_record (tenant_id, applicant_initials);

CREATE INDEX ix_case_record_latest ON case_record (tenant_id, submitted_at, id);

CREATE INDEX ix_case_record_name ON case_record (tenant_id, applicant_name);

CREATE INDEX ix_case_record_open ON case_record (tenant_id, due_on, id) WHERE open is true;

CREATE INDEX ix_case_record_phone_digest ON case_record (tenant_id, phone_digest);

CREATE TABLE case_event (
  tenant_id INTEGER NOT NULL,
  case_id UUID NOT NULL,
  seq INTEGER NOT NULL,
  type VARCHAR NOT NULL,
  state VARCHAR NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  body BYTEA NOT NULL,
  digest VARCHAR NOT NULL,
  chain VARCHAR NOT NULL,
  CONSTRAINT pk_case_event PRIMARY KEY (tenant_id, case_id, seq),
  CONSTRAINT fk_case_event_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES case_record (tenant_id, id)
);

CREATE INDEX ix_case_event_decided ON case_event (tenant_id, occurred_at) WHERE type = 'decide';

CREATE TABLE case_material (
  tenant_id INTEGER NOT NULL,
  case_id UUID NOT NULL,
  id UUID NOT NULL,
  seq INTEGER NOT NULL,
  material_code VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  source VARCHAR NOT NULL,
  digest VARCHAR,
  media_type VARCHAR,
  size INTEGER,
  attachment_id UUID,
  licence_id VARCHAR,
  CONSTRAINT pk_case_material PRIMARY KEY (tenant_id, case_id, id),
  CONSTRAINT fk_case_material_tenant_id_case_id FOREIGN KEY(tenant_id, case_id) REFERENCES case_record (tenant_id, id)
);

CREATE TABLE case_counter (
  tenant_id INTEGER NOT NULL,
  day DATE NOT NULL,
  serial INTEGER NOT NULL,
  CONSTRAINT pk_case_counter PRIMARY KEY (tenant_id, day)
);

CREATE TABLE citizen_case (
  citizen_id UUID NOT NULL,
  case_id UUID NOT NULL,
  tenant_id INTEGER NOT NULL,
  case_no TEXT COLLATE "C" NOT NULL,
  item_name VARCHAR NOT NULL,
  submitted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_citizen_case PRIMARY KEY (citizen_id, case_id)
);
