import { TallymanError } from "../error.ts";
import type { Context } from "./command-context.ts";
import { plainText } from "./plain-text.ts";
import { startProgress } from "./progress.ts";
import type { OnComposeEvent } from "./tools.ts";

/** Does something to a project and tells on stderr how it goes: `otherwise` when there was nothing to do. Throws what `work` throws, and Interrupted. */
export async function whileWatched<Result>(
  context: Context,
  projectName: string,
  otherwise: string,
  work: (show: OnComposeEvent) => Promise<Result>,
): Promise<Result> {
  const { stderr, signal } = context.tools;
  const progress = startProgress(context);
  try {
    const result = await work(progress.show);
    progress.end();
    const summary = progress.summary();
    stderr.write(`${plainText(projectName)}${summary === "" ? ` ${otherwise}` : `: ${summary}`}\n`);
    return result;
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw new TallymanError("Interrupted", `${projectName} was left in the middle`, {
      hint: "What was done stays; the same command goes on from there.",
      cause: thrown,
    });
  } finally {
    progress.end();
  }
}
