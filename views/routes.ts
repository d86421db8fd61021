/** Every address that a page links or posts to, once; names are encoded here and nowhere else. */
export const routes = {
  overview: "/",
  events: "/events",
  host: "/host",
  login: "/login",
  logout: "/logout",
  /** POST `host`, `fingerprint`, `stack`; goes back to the stack's connection step. */
  hostKeys: "/host-keys",
  /** POST: asks every lane for a pass. */
  deployAll: "/deploy-all",
  /** POST: the form of step 1. */
  stacks: "/stacks",
  newStack: "/stacks/new",
  /** GET: the form to take over what runs already; below `new`, which is no stack's name. */
  adopt: "/stacks/new/adopt",
  /** POST: that form. */
  adoptions: "/adoptions",
  /** POST `registry`, `username`, `secret`. */
  registries: "/registries",
  /** POST `registry`. */
  removeRegistry: "/registries/remove",
  setup: (token: string) => `/setup/${encodeURIComponent(token)}`,
  stack: (stackName: string) => `/stacks/${encodeURIComponent(stackName)}`,
  /** Step 2 of adding a stack, and later the place to mend a broken connection. */
  connect: (stackName: string) => `${routes.stack(stackName)}/connect`,
  /** Step 3, and later what a deploy would do now. */
  plan: (stackName: string) => `${routes.stack(stackName)}/plan`,
  deploy: (stackName: string) => `${routes.stack(stackName)}/deploy`,
  /** GET asks, POST does. */
  remove: (stackName: string) => `${routes.stack(stackName)}/remove`,
  retry: (stackName: string) => `${routes.stack(stackName)}/retry`,
  /** GET asks for a reason, POST does; as `stop`. */
  suspend: (stackName: string) => `${routes.stack(stackName)}/suspend`,
  stop: (stackName: string) => `${routes.stack(stackName)}/stop`,
  resume: (stackName: string) => `${routes.stack(stackName)}/resume`,
  start: (stackName: string) => `${routes.stack(stackName)}/start`,
  /** GET lists the releases, POST pins one. */
  rollback: (stackName: string) => `${routes.stack(stackName)}/rollback`,
  settings: (stackName: string) => `${routes.stack(stackName)}/settings`,
  /** POST: look at the Engine now. */
  drift: (stackName: string) => `${routes.stack(stackName)}/drift`,
  /** Null: those that every stack sees. */
  variables: (owner: string | null) => (owner === null ? "/variables" : `${routes.stack(owner)}/variables`),
  removeVariable: (owner: string | null) => `${routes.variables(owner)}/remove`,
  logs: (stackName: string, serviceName?: string) =>
    `${routes.stack(stackName)}/logs${serviceName ? `?service=${encodeURIComponent(serviceName)}` : ""}`,
  deployment: (deploymentId: string) => `/deployments/${encodeURIComponent(deploymentId)}`,
} as const;
