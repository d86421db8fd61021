-- A stack's later settings; what exists is kept as a new stack would be.
ALTER TABLE stack ADD COLUMN origin TEXT NOT NULL DEFAULT 'git';
ALTER TABLE stack ADD COLUMN drift TEXT NOT NULL DEFAULT 'repair';
ALTER TABLE stack ADD COLUMN on_failure TEXT;
ALTER TABLE stack ADD COLUMN gate_timeout_ms INTEGER;
ALTER TABLE stack ADD COLUMN prune INTEGER NOT NULL DEFAULT 1;
ALTER TABLE stack ADD COLUMN depends_on TEXT NOT NULL DEFAULT '[]';
ALTER TABLE stack ADD COLUMN live_tree TEXT;
CREATE INDEX stack_archived ON stack (name, id) WHERE removed_at IS NOT NULL;

ALTER TABLE deployment ADD COLUMN failure_action TEXT;
ALTER TABLE deployment ADD COLUMN repo_digests TEXT NOT NULL DEFAULT '{}';
ALTER TABLE deployment ADD COLUMN input_digest TEXT;
CREATE INDEX deployment_released ON deployment (stack_id, id) WHERE status = 'healthy';

-- The model that a release ran, sealed. Apart, so that reading the history does not read it; only the newest of a stack are kept.
CREATE TABLE release_model (
  deployment_id INTEGER PRIMARY KEY REFERENCES deployment (id) ON DELETE CASCADE,
  stack_id INTEGER NOT NULL REFERENCES stack (id),
  model TEXT NOT NULL
) STRICT;
CREATE INDEX release_model_of_stack ON release_model (stack_id, deployment_id);

CREATE TABLE hold (
  stack_id INTEGER NOT NULL REFERENCES stack (id),
  kind TEXT NOT NULL CHECK (kind IN ('suspended', 'stopped', 'pinned')),
  placed_by TEXT NOT NULL,
  why TEXT NOT NULL,
  at TEXT NOT NULL,
  deployment_id INTEGER REFERENCES deployment (id),
  PRIMARY KEY (stack_id, kind)
) STRICT;
-- A deployment that goes asks who holds it.
CREATE INDEX hold_on_deployment ON hold (deployment_id) WHERE deployment_id IS NOT NULL;

-- Without a stack_id every stack sees it. `value` is sealed, whether it is a secret or not.
CREATE TABLE variable (
  id INTEGER PRIMARY KEY,
  stack_id INTEGER REFERENCES stack (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  secret INTEGER NOT NULL CHECK (secret IN (0, 1)),
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX variable_name ON variable (coalesce(stack_id, 0), name);

-- `secret` is sealed.
CREATE TABLE registry_login (
  host TEXT PRIMARY KEY,
  username TEXT NOT NULL,
  secret TEXT NOT NULL
) STRICT;

CREATE TABLE kept_container (
  stack_id INTEGER NOT NULL REFERENCES stack (id),
  container_id TEXT NOT NULL,
  config_hash TEXT,
  contents TEXT,
  tolerated TEXT NOT NULL,
  PRIMARY KEY (stack_id, container_id)
) STRICT;

-- What a person was told of, so that it is not told again at each poll.
CREATE TABLE notice (
  stack_id INTEGER NOT NULL REFERENCES stack (id),
  key TEXT NOT NULL,
  told_at TEXT NOT NULL,
  PRIMARY KEY (stack_id, key)
) STRICT;
