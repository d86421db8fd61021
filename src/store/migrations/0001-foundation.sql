-- Times are RFC 3339 UTC text; lists and records are JSON text; *_hash columns hold SHA-256, never the thing itself.

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- A removed stack keeps its row and its history; its name is free again.
CREATE TABLE stack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  project TEXT NOT NULL,
  repository TEXT NOT NULL,
  ref TEXT,
  path TEXT NOT NULL,
  files TEXT NOT NULL,
  env_files TEXT NOT NULL,
  profiles TEXT NOT NULL,
  interval_ms INTEGER NOT NULL,
  credential TEXT NOT NULL,
  created_at TEXT NOT NULL,
  removed_at TEXT
) STRICT;
CREATE UNIQUE INDEX stack_name ON stack (name) WHERE removed_at IS NULL;

-- `secret` is sealed with AES-256-GCM and bound to this row.
CREATE TABLE credential (
  stack_id INTEGER PRIMARY KEY REFERENCES stack (id),
  kind TEXT NOT NULL,
  host TEXT NOT NULL,
  username TEXT NOT NULL,
  secret TEXT NOT NULL,
  public_key TEXT
) STRICT;

-- AUTOINCREMENT: the order of history, whatever the clock did, and an id is never given twice.
CREATE TABLE deployment (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  stack_id INTEGER NOT NULL REFERENCES stack (id),
  commit_id TEXT NOT NULL,
  message TEXT NOT NULL,
  author TEXT NOT NULL,
  committed_at TEXT NOT NULL,
  trigger TEXT NOT NULL,
  cause TEXT NOT NULL,
  settings_digest TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('applying', 'healthy', 'failed', 'interrupted')),
  class TEXT,
  reason TEXT,
  hint TEXT,
  interruptions INTEGER NOT NULL DEFAULT 0,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  duration_ms INTEGER,
  operations TEXT NOT NULL DEFAULT '[]',
  verdicts TEXT NOT NULL DEFAULT '[]',
  image_digests TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX deployment_of_stack ON deployment (stack_id, id);
CREATE INDEX deployment_under_way ON deployment (status) WHERE status = 'applying';

CREATE TABLE host_key (
  host TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  added_by TEXT NOT NULL,
  added_at TEXT NOT NULL,
  PRIMARY KEY (host, type)
) STRICT;

CREATE TABLE user (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE session (
  token_hash TEXT PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) STRICT;

-- At most one row: the link that lets the first user in.
CREATE TABLE setup (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  token_hash TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  browser_hash TEXT
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  who TEXT NOT NULL,
  origin TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL
) STRICT;
