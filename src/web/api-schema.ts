import { t } from "elysia";

const text = (limit: number) => t.String({ maxLength: limit });
const names = t.Array(text(1_024), { maxItems: 50 });

export const NEW_STACK = t.Object(
  {
    name: text(200),
    repository: text(2_048),
    ref: t.Optional(text(1_000)),
    path: t.Optional(text(2_000)),
    files: t.Optional(names),
    envFiles: t.Optional(names),
    profiles: t.Optional(names),
    intervalMs: t.Optional(t.Integer()),
    project: t.Optional(text(200)),
    credential: t.Optional(
      t.Object(
        {
          kind: t.Union([t.Literal("none"), t.Literal("deploy-key"), t.Literal("ssh-key"), t.Literal("https-token")]),
          username: t.Optional(text(256)),
          secret: t.Optional(text(32_768)),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export const DEPLOY = t.Optional(t.Object({ wait: t.Optional(t.Boolean()) }, { additionalProperties: false }));

export const HOST_KEY = t.Object({ host: text(300), fingerprint: text(100) }, { additionalProperties: false });
