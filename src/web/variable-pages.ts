import { Elysia } from "elysia";
import { routes } from "../../views/routes.ts";
import { type VariablesView, variablesPage } from "../../views/variable/variables-page.tsx";
import { callerOf } from "./caller.ts";
import { field } from "./form.ts";
import { page, seeOther } from "./page.ts";
import { complaintOf } from "./page-complaint.ts";
import { pageFrame } from "./page-frame.ts";
import { type Owner, setVariable, unsetVariable, variablesSeen } from "./variable-actions.ts";
import type { Web } from "./web-context.ts";

/** `/stacks/:name/variables`, and `/variables` for those that every stack sees. */
export function variablePages(web: Web) {
  return new Elysia()
    .get("/variables", ({ request }) => listPage(web, request, null))
    .post("/variables", ({ request, body }) => setAnswer(web, request, null, body))
    .post("/variables/remove", ({ request, body }) => unsetAnswer(web, request, null, body))
    .get("/stacks/:name/variables", ({ request, params }) => listPage(web, request, params.name))
    .post("/stacks/:name/variables", ({ request, params, body }) => setAnswer(web, request, params.name, body))
    .post("/stacks/:name/variables/remove", ({ request, params, body }) =>
      unsetAnswer(web, request, params.name, body),
    );
}

const NOTHING_TYPED = { form: { name: "", kind: "secret", value: "" }, error: null } as const;

async function listPage(
  web: Web,
  request: Request,
  owner: Owner,
  typed: Pick<VariablesView, "form" | "error"> = NOTHING_TYPED,
  status = 200,
): Promise<Response> {
  const [frame, seen] = await Promise.all([pageFrame(web, callerOf(request)), variablesSeen(web, owner)]);
  const own = seen.filter(({ stack }) => stack === owner);
  const shared = seen.filter(({ stack }) => stack !== owner);
  return page(variablesPage(frame, { owner, own, shared, ...typed }), status);
}

async function setAnswer(web: Web, request: Request, owner: Owner, body: unknown): Promise<Response> {
  const kind = field(body, "kind") === "variable" ? "variable" : "secret";
  const name = field(body, "name");
  try {
    const given = { name, value: withoutLastBreak(field(body, "value")), secret: kind === "secret" };
    await setVariable(web, callerOf(request), owner, given);
    return seeOther(request, routes.variables(owner));
  } catch (thrown) {
    const { error, status } = complaintOf(thrown);
    const value = kind === "secret" ? "" : field(body, "value");
    return listPage(web, request, owner, { form: { name: name.slice(0, 200), kind, value }, error }, status);
  }
}

async function unsetAnswer(web: Web, request: Request, owner: Owner, body: unknown): Promise<Response> {
  await unsetVariable(web, callerOf(request), owner, field(body, "name"));
  return seeOther(request, routes.variables(owner));
}

/** Browsers send line breaks as CR LF; the last one is mostly an accident. */
function withoutLastBreak(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(/\n$/, "");
}
