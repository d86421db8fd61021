import { t } from "elysia";

const text = (limit: number) => t.String({ maxLength: limit });
const names = t.Array(text(1_024), { maxItems: 50 });

const credential = t.Object(
  {
    kind: t.Union([t.Literal("none"), t.Literal("deploy-key"), t.Literal("ssh-key"), t.Literal("https-token")]),
    username: t.Optional(text(256)),
    secret: t.Optional(text(32_768)),
  },
  { additionalProperties: false },
);

const settings = {
  ref: t.Optional(t.Union([text(1_000), t.Null()])),
  path: t.Optional(text(2_000)),
  files: t.Optional(names),
  envFiles: t.Optional(names),
  profiles: t.Optional(names),
  intervalMs: t.Optional(t.Integer()),
  drift: t.Optional(t.Union([t.Literal("repair"), t.Literal("report"), t.Literal("off")])),
  onFailure: t.Optional(t.Union([t.Literal("rollback"), t.Literal("pause"), t.Literal("continue"), t.Null()])),
  gateTimeoutMs: t.Optional(t.Union([t.Integer(), t.Null()])),
  prune: t.Optional(t.Boolean()),
  dependsOn: t.Optional(names),
  credential: t.Optional(credential),
};

const added = { name: text(200), repository: text(2_048), project: t.Optional(text(200)), ...settings };

export const NEW_STACK = t.Object(added, { additionalProperties: false });

export const EDITED_STACK = t.Object(
  {
    repository: t.Optional(text(2_048)),
    ...settings,
    /** As `GET` told it: refused with 409 when somebody changed the settings since. */
    version: t.Optional(text(64)),
    wait: t.Optional(t.Boolean()),
  },
  { additionalProperties: false },
);

/** A project that Docker Compose runs already; `name` is the project's unless given. */
export const ADOPTION = t.Object(
  { ...added, name: t.Optional(text(200)), project: text(200), inPlace: t.Optional(t.Boolean()) },
  { additionalProperties: false },
);

export const DEPLOY = t.Optional(t.Object({ wait: t.Optional(t.Boolean()) }, { additionalProperties: false }));

const why = t.Optional(text(2_000));
const wait = t.Optional(t.Boolean());

export const DEPLOY_REF = t.Optional(
  t.Object(
    {
      /** Branch, tag or full commit to run and to stay at, instead of what the stack's own ref points to. */
      ref: t.Optional(text(300)),
      why,
      wait,
    },
    { additionalProperties: false },
  ),
);

export const HOLD = t.Optional(t.Object({ why, wait }, { additionalProperties: false }));

export const ROLLBACK = t.Optional(
  t.Object(
    {
      /** Beginning of a commit, or the number of a deployment. */
      to: t.Optional(text(64)),
      why,
      wait,
    },
    { additionalProperties: false },
  ),
);

export const HOST_KEY = t.Object({ host: text(300), fingerprint: text(100) }, { additionalProperties: false });

export const VARIABLE = t.Object(
  { value: text(70_000), secret: t.Optional(t.Boolean()), wait },
  { additionalProperties: false },
);

export const REGISTRY_LOGIN = t.Object({ username: text(300), secret: text(32_768) }, { additionalProperties: false });
