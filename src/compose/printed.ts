/** What `config` prints: mappings are Maps, because objects would put keys that look like numbers first. */
export type Printed = null | bigint | boolean | number | string | readonly Printed[] | PrintedMapping;
export type PrintedMapping = ReadonlyMap<string, Printed>;

/** Orders keys as Docker Compose's YAML encoder does: numbers inside them by their value, letters behind everything else. */
export function byYamlKey(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)];
  let behindDigit = false;
  for (let index = 0; index < a.length && index < b.length; index += 1) {
    const [one = "", other = ""] = [a[index], b[index]];
    if (one !== other) return differing(a, b, index, behindDigit);
    behindDigit = isDigit(one);
  }
  return a.length - b.length;
}

function differing(a: readonly string[], b: readonly string[], index: number, behindDigit: boolean): number {
  const [one = "", other = ""] = [a[index], b[index]];
  const letters = [isLetter(one), isLetter(other)];
  if (letters[0] && letters[1]) return codePoint(one) - codePoint(other);
  if (letters[0] || letters[1]) return letters[0] === behindDigit ? -1 : 1;
  const [first, second] = [numberAt(a, index, one, other), numberAt(b, index, one, other)];
  return first.value - second.value || first.end - second.end || codePoint(one) - codePoint(other);
}

/** The number that begins here; behind a digit other than zero a zero is not leading, so a one is set before it. */
function numberAt(text: readonly string[], start: number, one: string, other: string) {
  let value = 0;
  if (one === "0" || other === "0")
    for (let index = start - 1; index >= 0 && isDigit(text[index] ?? ""); index -= 1)
      if (text[index] !== "0") value = 1;
  let end = start;
  for (; end < text.length && isDigit(text[end] ?? ""); end += 1) value = value * 10 + Number(text[end]);
  return { value, end };
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function isDigit(character: string): boolean {
  return /^[0-9]$/.test(character);
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}
