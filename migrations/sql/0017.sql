ALTER TABLE web_session ADD COLUMN draft_id UUID;
