import type { EngineInfo } from "../../src/engine.ts";
import { Fragment, h, type Markup } from "../h.ts";
import { layout } from "../layout.tsx";
import type { PageContext } from "../page-context.ts";
import { prose } from "../prose.tsx";
import { routes } from "../routes.ts";
import { fact } from "../stack/stack-facts.tsx";
import { checkMark } from "../state.tsx";
import { type RefusedLogin, type RegistryEntry, registriesSection } from "./registries-section.tsx";

export interface HostView {
  /** Null when the Engine does not answer. */
  readonly engine: EngineInfo | null;
  /** The folder that holds everything Tallyman keeps. */
  readonly root: string;
  readonly build: { readonly version: string; readonly commit: string; readonly bun: string; readonly target: string };
  readonly checks: readonly Check[];
  readonly registries: readonly RegistryEntry[];
  readonly refusedLogin: RefusedLogin | null;
}

/** One line of `doctor --json`. */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly fix: string;
}

/** The Engine, this program, and what the doctor says of both. */
export function hostPage(context: PageContext, view: HostView): Markup {
  const failing = view.checks.filter((check) => !check.ok).length;
  const children = (
    <>
      <div class="head">
        <div>
          <h1>{view.engine?.name ?? "Host"}</h1>
          <p class="quiet">{summary(failing)}</p>
        </div>
        <span class="fill" />
        <a class="btn" href={routes.variables(null)}>
          Shared variables
        </a>
      </div>
      {checkList(view.checks)}
      {registriesSection(context, view.registries, view.refusedLogin)}
      <div class="halves">
        {engineFacts(view.engine)}
        {programFacts(view)}
      </div>
    </>
  );
  return layout(context, { title: "Host", section: "host", live: null, children });
}

function summary(failing: number): string {
  if (failing === 0) return "Everything Tallyman needs works.";
  return failing === 1 ? "One check fails; it says what to do." : `${failing} checks fail; each says what to do.`;
}

function checkList(checks: readonly Check[]): Markup {
  const ordered = [...checks.filter((check) => !check.ok), ...checks.filter((check) => check.ok)];
  return (
    <section class="sheet" aria-labelledby="checks-title">
      <header>
        <h2 id="checks-title">Checks</h2>
        <span class="fill" />
        <code class="faint hide-small">tallyman doctor</code>
      </header>
      <ul class="rows">
        {ordered.map((check) => (
          <li class="row checkrow">
            <b>{check.name}</b>
            {checkMark(check.ok)}
            <span>
              {check.detail}
              {check.ok || check.fix === "" ? null : <span class="why block">{prose(check.fix)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function engineFacts(engine: EngineInfo | null): Markup {
  return (
    <section class="sheet" aria-labelledby="engine-title">
      <header>
        <h2 id="engine-title">Docker Engine</h2>
      </header>
      {engine === null ? (
        <p class="pad quiet">It does not answer. Start it; Tallyman goes on by itself.</p>
      ) : (
        <dl class="facts column pad">
          {fact("Version", <span class="num">{`${engine.version} (API ${engine.apiVersion})`}</span>)}
          {fact("Containers", <span class="num">{engine.containers}</span>)}
          {fact("System", engine.operatingSystem)}
          {fact("Data", <code>{engine.dockerRootDir}</code>)}
        </dl>
      )}
    </section>
  );
}

function programFacts({ root, build }: HostView): Markup {
  return (
    <section class="sheet" aria-labelledby="program-title">
      <header>
        <h2 id="program-title">Tallyman</h2>
      </header>
      <dl class="facts column pad">
        {fact("Version", <span class="num">{build.version}</span>)}
        {fact("Built from", <code>{build.commit.slice(0, 7) || "unknown"}</code>)}
        {fact("Runs on", `Bun ${build.bun}, ${build.target}`)}
        {fact("Root", <code>{root}</code>)}
      </dl>
    </section>
  );
}
