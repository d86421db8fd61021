import { TallymanError } from "../error.ts";
import { stackVariables } from "../stack-folders.ts";

const MOST_BYTES = 65_536;
/** Whatever the stack is called. */
const OUR_OWN = Object.keys(stackVariables("/", "stack"));

/**
 * Throws InvalidInput. The name is not quoted: whoever writes `PASSWORD=hunter2` where a name belongs must not find the secret in a log.
 */
export function checkVariable(name: string, value: string): void {
  const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= 255;
  if (!isName) {
    throw new TallymanError("InvalidInput", "name: this is no variable name", {
      hint: "Use letters, digits and _, not a digit first; the value is given apart from the name.",
    });
  }
  if (OUR_OWN.includes(name)) {
    throw new TallymanError("InvalidInput", `name: ${name} is set by Tallyman itself`, {
      hint: "Choose another name; what is set here would have no effect.",
    });
  }
  if (value.includes("\0")) {
    throw new TallymanError("InvalidInput", `value: that of ${name} holds a NUL character`, {
      hint: "An environment cannot hold it; encode the value, in base64 for instance.",
    });
  }
  if (Buffer.byteLength(value) > MOST_BYTES) {
    throw new TallymanError("InvalidInput", `value: that of ${name} is longer than 64 KiB`, {
      hint: "Keep large things in a file that the stack mounts.",
    });
  }
}
