CREATE TABLE breaker (
  destination VARCHAR NOT NULL,
  state VARCHAR DEFAULT 'closed' NOT NULL,
  failures INTEGER DEFAULT '0' NOT NULL,
  reason VARCHAR,
  changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
  probe_at TIMESTAMP WITH TIME ZONE,
  paused_until TIMESTAMP WITH TIME ZONE,
  allowance INTEGER DEFAULT '0' NOT NULL,
  used INTEGER DEFAULT '0' NOT NULL,
  slot_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_breaker PRIMARY KEY (destination),
  CONSTRAINT ck_breaker_state CHECK (state in ('closed', 'open', 'ramp'))
);

CREATE TABLE callback (
  event_id UUID NOT NULL,
  event VARCHAR NOT NULL,
  body BYTEA NOT NULL,
  received_at TIMESTAMP WITH TIME ZONE NOT NULL,
  state VARCHAR DEFAULT 'received' NOT NULL,
  understood_at TIMESTAMP WITH TIME ZONE,
  CONSTRAINT pk_callback PRIMARY KEY (event_id),
  CONSTRAINT ck_callback_state CHECK (state in ('received', 'understood', 'unknown', 'failed'))
);

CREATE INDEX ix_callback_open ON callback (received_at) WHERE state <> 'understood';

CREATE TABLE reconciliation_run (
  id UUID NOT NULL,
  city_code VARCHAR NOT NULL,
  day DATE NOT NULL,
  ran_at TIMESTAMP WITH TIME ZONE NOT NULL,
  cases INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  equal INTEGER NOT NULL,
  re_sent INTEGER NOT NULL,
  differences INTEGER NOT NULL,
  strays JSONB NOT NULL,
  CONSTRAINT pk_reconciliation_run PRIMARY KEY (id)
);
