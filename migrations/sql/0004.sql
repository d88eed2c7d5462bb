CREATE TABLE staff_login (
  key TEXT COLLATE "C" NOT NULL,
  home_tenant INTEGER NOT NULL,
  staff_id UUID NOT NULL,
  CONSTRAINT pk_staff_login PRIMARY KEY (key)
);

CREATE TABLE web_session (
  key TEXT COLLATE "C" NOT NULL,
  kind VARCHAR NOT NULL,
  subject_id UUID NOT NULL,
  home_tenant INTEGER,
  assurance VARCHAR NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_web_session PRIMARY KEY (key)
);

CREATE TABLE one_time_code (
  key TEXT COLLATE "C" NOT NULL,
  code_digest BYTEA NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_one_time_code PRIMARY KEY (key)
);

CREATE TABLE throttle (
  key TEXT COLLATE "C" NOT NULL,
  tries INTEGER NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_throttle PRIMARY KEY (key)
);

CREATE TABLE staff (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  staff_no TEXT COLLATE "C" NOT NULL,
  name VARCHAR NOT NULL,
  phone_sealed BYTEA,
  phone_digest BYTEA,
  roles TEXT[] NOT NULL,
  reach TEXT[] NOT NULL,
  dept_name VARCHAR DEFAULT '' NOT NULL,
  dept_code TEXT COLLATE "C" DEFAULT '' NOT NULL,
  state VARCHAR NOT NULL,
  must_change BOOLEAN NOT NULL,
  totp_sealed BYTEA,
  totp_step INTEGER DEFAULT '0' NOT NULL,
  password_at TIMESTAMP WITH TIME ZONE,
  last_sign_in_at TIMESTAMP WITH TIME ZONE,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  demo BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT pk_staff PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_staff_tenant_id_staff_no UNIQUE (tenant_id, staff_no),
  CONSTRAINT uq_staff_tenant_id_phone_digest UNIQUE (tenant_id, phone_digest)
);

CREATE TABLE staff_session (
  tenant_id INTEGER NOT NULL,
  staff_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  device VARCHAR NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_staff_session PRIMARY KEY (tenant_id, staff_id, key),
  CONSTRAINT fk_staff_session_tenant_id_staff_id FOREIGN KEY(tenant_id, staff_id) REFERENCES staff (tenant_id, id) ON DELETE cascade
);

CREATE TABLE provisioning_upload (
  tenant_id INTEGER NOT NULL,
  upload_id UUID NOT NULL,
  name VARCHAR NOT NULL,
  data BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_provisioning_upload PRIMARY KEY (tenant_id, upload_id, name)
);

CREATE TABLE citizen (
  citizen_id UUID NOT NULL,
  claims_sealed BYTEA NOT NULL,
  id_digest BYTEA,
  phone_digest BYTEA,
  assurance VARCHAR NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_citizen PRIMARY KEY (citizen_id)
);

CREATE TABLE citizen_session (
  citizen_id UUID NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  device VARCHAR NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL,
  expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
  CONSTRAINT pk_citizen_session PRIMARY KEY (citizen_id, key)
);
