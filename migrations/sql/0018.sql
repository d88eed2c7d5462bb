ALTER TABLE machine_filing ADD COLUMN created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL;

CREATE INDEX ix_machine_filing_created_at ON machine_filing (tenant_id, created_at);
