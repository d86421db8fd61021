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
  setup: (token: string) => `/setup/${encodeURIComponent(token)}`,
  stack: (stackName: string) => `/stacks/${encodeURIComponent(stackName)}`,
  /** Step 2 of adding a stack, and later the place to mend a broken connection. */
  connect: (stackName: string) => `${routes.stack(stackName)}/connect`,
  /** Step 3, and later what a deploy would do now. */
  plan: (stackName: string) => `${routes.stack(stackName)}/plan`,
  deploy: (stackName: string) => `${routes.stack(stackName)}/deploy`,
  /** GET asks, POST does. */
  remove: (stackName: string) => `${routes.stack(stackName)}/remove`,
  logs: (stackName: string, serviceName?: string) =>
    `${routes.stack(stackName)}/logs${serviceName ? `?service=${encodeURIComponent(serviceName)}` : ""}`,
  deployment: (deploymentId: string) => `/deployments/${encodeURIComponent(deploymentId)}`,
} as const;
