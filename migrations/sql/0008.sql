CREATE TABLE ledger_fact (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  case_id UUID NOT NULL,
  case_no TEXT COLLATE "C" NOT NULL,
  seq INTEGER NOT NULL,
  type VARCHAR NOT NULL,
  occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
  key_id UUID NOT NULL,
  facts BYTEA NOT NULL,
  recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state VARCHAR DEFAULT 'due' NOT NULL,
  due_at TIMESTAMP WITH TIME ZONE NOT NULL,
  lease_until TIMESTAMP WITH TIME ZONE,
  token INTEGER DEFAULT '0' NOT NULL,
  attempts INTEGER DEFAULT '0' NOT NULL,
  lost INTEGER DEFAULT '0' NOT NULL,
  failing_since TIMESTAMP WITH TIME ZONE,
  last_code VARCHAR,
  last_reason VARCHAR,
  message_id UUID,
  CONSTRAINT pk_ledger_fact PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_ledger_fact_tenant_id_case_id_seq UNIQUE (tenant_id, case_id, seq),
  CONSTRAINT ck_ledger_fact_state CHECK (state in ('due', 'behind', 'sending', 'delivered', 'parked')),
  CONSTRAINT ck_ledger_fact_seq CHECK (seq >= 1)
)
 WITH (fillfactor = 70);

CREATE INDEX ix_ledger_fact_case_no ON ledger_fact (tenant_id, case_no);

CREATE INDEX ix_ledger_fact_open ON ledger_fact (tenant_id, due_at) WHERE state in ('due', 'behind', 'sending');

CREATE INDEX ix_ledger_fact_parked ON ledger_fact (tenant_id, last_code) WHERE state = 'parked';

CREATE TABLE wire_message (
  tenant_id INTEGER NOT NULL,
  message_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  case_id UUID NOT NULL,
  body BYTEA NOT NULL,
  enclosures BYTEA,
  digest VARCHAR NOT NULL,
  mapping_version VARCHAR NOT NULL,
  state VARCHAR DEFAULT 'live' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_wire_message PRIMARY KEY (tenant_id, message_id),
  CONSTRAINT fk_wire_message_tenant_id_fact_id FOREIGN KEY(tenant_id, fact_id) REFERENCES ledger_fact (tenant_id, id),
  CONSTRAINT ck_wire_message_state CHECK (state in ('live', 'superseded'))
);

CREATE UNIQUE INDEX uq_wire_message_live ON wire_message (tenant_id, fact_id) WHERE state = 'live';

CREATE TABLE receipt (
  tenant_id INTEGER NOT NULL,
  fact_id UUID NOT NULL,
  case_id UUID NOT NULL,
  case_no TEXT COLLATE "C" NOT NULL,
  seq INTEGER NOT NULL,
  message_id UUID NOT NULL,
  receipt_no VARCHAR NOT NULL,
  digest VARCHAR NOT NULL,
  chain VARCHAR NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  received_on DATE NOT NULL,
  CONSTRAINT pk_receipt PRIMARY KEY (tenant_id, fact_id),
  CONSTRAINT fk_receipt_tenant_id_fact_id FOREIGN KEY(tenant_id, fact_id) REFERENCES ledger_fact (tenant_id, id),
  CONSTRAINT uq_receipt_tenant_id_case_id_seq UNIQUE (tenant_id, case_id, seq)
);

CREATE INDEX ix_receipt_day ON receipt (tenant_id, received_on);

CREATE TABLE push_attempt (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  fact_id UUID NOT NULL,
  case_id UUID NOT NULL,
  token INTEGER NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  took_ms INTEGER NOT NULL,
  status INTEGER NOT NULL,
  outcome VARCHAR NOT NULL,
  code VARCHAR,
  detail BYTEA,
  CONSTRAINT pk_push_attempt PRIMARY KEY (tenant_id, id),
  CONSTRAINT fk_push_attempt_tenant_id_fact_id FOREIGN KEY(tenant_id, fact_id) REFERENCES ledger_fact (tenant_id, id)
);

CREATE INDEX ix_push_attempt_fact ON push_attempt (tenant_id, fact_id);

CREATE TABLE pushed_material (
  tenant_id INTEGER NOT NULL,
  case_id UUID NOT NULL,
  digest VARCHAR NOT NULL,
  at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_pushed_material PRIMARY KEY (tenant_id, case_id, digest)
);

CREATE TABLE reconciled (
  tenant_id INTEGER NOT NULL,
  case_id UUID NOT NULL,
  seq INTEGER NOT NULL,
  chain VARCHAR NOT NULL,
  day DATE NOT NULL,
  CONSTRAINT pk_reconciled PRIMARY KEY (tenant_id, case_id)
);

CREATE TABLE difference (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  case_id UUID,
  case_no TEXT COLLATE "C" NOT NULL,
  seq INTEGER NOT NULL,
  kind VARCHAR NOT NULL,
  ours VARCHAR,
  theirs VARCHAR,
  found_at TIMESTAMP WITH TIME ZONE NOT NULL,
  settled_at TIMESTAMP WITH TIME ZONE,
  settled_by VARCHAR,
  CONSTRAINT pk_difference PRIMARY KEY (tenant_id, id)
);

CREATE INDEX ix_difference_open ON difference (tenant_id, found_at) WHERE settled_at is null;

CREATE UNIQUE INDEX uq_difference ON difference (tenant_id, case_no, seq, kind);
