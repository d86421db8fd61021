-- A release whose commit moved on without a deployment: what runs is also what this newer commit asks for.
ALTER TABLE deployment ADD COLUMN advanced_commit_id TEXT;
ALTER TABLE deployment ADD COLUMN advanced_message TEXT;
ALTER TABLE deployment ADD COLUMN advanced_author TEXT;
ALTER TABLE deployment ADD COLUMN advanced_settings_digest TEXT;
