-- What an operator asked for by its ref: no release yet, so there is no deployment to name.
ALTER TABLE hold ADD COLUMN commit_id TEXT;
ALTER TABLE hold ADD COLUMN ref TEXT;
