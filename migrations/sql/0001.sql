CREATE TABLE city (
  code TEXT COLLATE "C" NOT NULL,
  name VARCHAR NOT NULL,
  config JSONB NOT NULL,
  CONSTRAINT pk_city PRIMARY KEY (code)
);

CREATE TABLE division (
  code TEXT COLLATE "C" NOT NULL,
  name VARCHAR NOT NULL,
  short_name VARCHAR NOT NULL,
  level VARCHAR NOT NULL,
  parent_code TEXT COLLATE "C",
  pinyin TEXT COLLATE "C" DEFAULT '' NOT NULL,
  initials TEXT COLLATE "C" DEFAULT '' NOT NULL,
  valid_from DATE,
  valid_to DATE,
  successor_code TEXT COLLATE "C",
  CONSTRAINT pk_division PRIMARY KEY (code),
  CONSTRAINT fk_division_parent_code FOREIGN KEY(parent_code) REFERENCES division (code)
);

CREATE INDEX ix_division_parent_code ON division (parent_code);

CREATE TABLE tenant (
  id SERIAL NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  kind VARCHAR NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  city_code TEXT COLLATE "C" NOT NULL,
  name VARCHAR NOT NULL,
  short_name VARCHAR NOT NULL,
  state VARCHAR DEFAULT 'open' NOT NULL,
  administered_by INTEGER,
  successor_id INTEGER,
  hall_name VARCHAR NOT NULL,
  station_template VARCHAR NOT NULL,
  kit VARCHAR NOT NULL,
  params JSONB DEFAULT '{}' NOT NULL,
  demo BOOLEAN DEFAULT 'false' NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_tenant PRIMARY KEY (id),
  CONSTRAINT uq_tenant_code UNIQUE (code),
  CONSTRAINT fk_tenant_division_code FOREIGN KEY(division_code) REFERENCES division (code),
  CONSTRAINT fk_tenant_city_code FOREIGN KEY(city_code) REFERENCES city (code),
  CONSTRAINT fk_tenant_administered_by FOREIGN KEY(administered_by) REFERENCES tenant (id),
  CONSTRAINT fk_tenant_successor_id FOREIGN KEY(successor_id) REFERENCES tenant (id)
);

CREATE INDEX ix_tenant_city_code ON tenant (city_code);

CREATE INDEX ix_tenant_division_code ON tenant (division_code);

CREATE TABLE work_calendar (
  day DATE NOT NULL,
  working BOOLEAN NOT NULL,
  source VARCHAR NOT NULL,
  provisional BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT pk_work_calendar PRIMARY KEY (day)
);

CREATE TABLE unit (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  area_code TEXT COLLATE "C" NOT NULL,
  area_name VARCHAR NOT NULL,
  full_name VARCHAR NOT NULL,
  short_name VARCHAR NOT NULL,
  credit_code VARCHAR,
  demo BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT pk_unit PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_unit_tenant_id_area_code_full_name UNIQUE (tenant_id, area_code, full_name)
);

CREATE TABLE place (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  kind VARCHAR NOT NULL,
  division_code TEXT COLLATE "C" NOT NULL,
  name VARCHAR NOT NULL,
  address VARCHAR,
  hours VARCHAR,
  phone VARCHAR,
  agent_name VARCHAR,
  agent_phone VARCHAR,
  latitude INTEGER,
  longitude INTEGER,
  demo BOOLEAN DEFAULT 'false' NOT NULL,
  CONSTRAINT pk_place PRIMARY KEY (tenant_id, id),
  CONSTRAINT uq_place_tenant_id_kind_division_code_name UNIQUE (tenant_id, kind, division_code, name)
);

CREATE TABLE tenant_key (
  tenant_id INTEGER NOT NULL,
  purpose VARCHAR NOT NULL,
  wrapped BYTEA NOT NULL,
  CONSTRAINT pk_tenant_key PRIMARY KEY (tenant_id, purpose)
);

CREATE TABLE data_key (
  tenant_id INTEGER NOT NULL,
  id UUID NOT NULL,
  wrapped BYTEA NOT NULL,
  created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
  CONSTRAINT pk_data_key PRIMARY KEY (tenant_id, id)
);
