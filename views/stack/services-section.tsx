import type { ServiceStatus } from "../../src/stack.ts";
import { shortDigests } from "../digest-text.ts";
import { h, type Markup } from "../h.ts";
import type { PageContext } from "../page-context.ts";
import { routes } from "../routes.ts";
import { serviceStateMark } from "../state.tsx";
import { timeAge } from "../time.tsx";
import type { StackSummary } from "./stack-view.ts";

/** Every service with its state, image and age. */
export function servicesSection(context: PageContext, { stack, status }: StackSummary): Markup {
  const containers = status.services.reduce((sum, service) => sum + service.containers.length, 0);
  return (
    <section id="stack-services" class="sheet" aria-labelledby="services-title">
      <header>
        <h2 id="services-title">Services</h2>
        {containers === 0 ? null : (
          <span class="faint num">{containers === 1 ? "1 container" : `${containers} containers`}</span>
        )}
      </header>
      {status.services.length === 0 ? (
        <p class="pad quiet">Nothing runs yet. Services appear here with the first deployment.</p>
      ) : (
        <ul class="rows">{status.services.map((service) => serviceRow(context, stack.name, service))}</ul>
      )}
    </section>
  );
}

function serviceRow(context: PageContext, stackName: string, service: ServiceStatus): Markup {
  const started = startedAt(service);
  const restarts = service.containers.reduce((sum, container) => sum + container.restarts, 0);
  return (
    <li class="row svcrow">
      <b class="cut" title={service.name}>
        {service.name}
        {service.containers.length > 1 ? <span class="faint num"> × {service.containers.length}</span> : null}
      </b>
      {serviceStateMark(service)}
      <code class="cut" title={imageTitle(service)}>
        {shortDigests(service.image) || "no image yet"}
      </code>
      <span class="faint">
        {started === null ? "" : timeAge(context.now, started)}
        {restarts > 0 ? <span class="warn num nowrap"> ↻ {restarts}</span> : null}
      </span>
      <a class="quiet link" href={routes.logs(stackName, service.name)} aria-label={`Logs of ${service.name}`}>
        Logs
      </a>
    </li>
  );
}

function imageTitle({ image, digest }: ServiceStatus): string {
  return digest === null ? image : `${image}\n${digest}`;
}

/** Of the container that started last: how long the service runs as it is. */
function startedAt(service: ServiceStatus): string | null {
  const starts = service.containers.flatMap(({ startedAt: at }) => (at === null ? [] : [at]));
  return starts.sort().at(-1) ?? null;
}
