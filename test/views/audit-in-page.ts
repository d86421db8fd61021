// Runs inside the browser, before any page: what a person with tired eyes, a thumb or a narrow screen would stumble over.

type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const known = new Map<string, Rgba>();

/** Any CSS colour as the browser paints it; channels 0 to 255, alpha 0 to 1. */
function rgba(colour: string): Rgba {
  const before = known.get(colour);
  if (before) return before;
  if (!brush) throw new Error("no canvas");
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
  const painted: Rgba = [red, green, blue, alpha / 255];
  known.set(colour, painted);
  return painted;
}

function over([r, g, b, a]: Rgba, [r2, g2, b2]: Rgba): Rgba {
  const mixed = (top: number, below: number): number => top * a + below * (1 - a);
  return [mixed(r, r2), mixed(g, g2), mixed(b, b2), 1];
}

/** What lies behind an element's text: every translucent ground on the next one. */
function ground(element: Element | null): Rgba {
  if (!element)
    return rgba(getComputedStyle(document.documentElement).colorScheme.includes("dark") ? "black" : "white");
  const own = rgba(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own : over(own, ground(element.parentElement));
}

/** WCAG 2.2, relative luminance. */
function luminance([red, green, blue]: Rgba): number {
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrast(colour: string, below: Rgba): number {
  const [light = 0, dark = 0] = [luminance(over(rgba(colour), below)), luminance(below)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function isSeen(element: Element): boolean {
  return element.checkVisibility({ visibilityProperty: true }) && element.closest(".unseen, .skip") === null;
}

function named(element: Element): string {
  return `<${element.localName} class="${element.getAttribute("class") ?? ""}"> ${(element.textContent ?? "").trim().slice(0, 40)}`;
}

function all(selector: string): readonly Element[] {
  return [...document.querySelectorAll(selector)].filter(isSeen);
}

/** Text below 4.5 to 1, whatever its size. */
function paleText(): readonly string[] {
  const bearing = all("body *").filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== ""),
  );
  const texts = bearing.map((element) => ({
    element,
    colour: getComputedStyle(element)[element instanceof SVGElement ? "fill" : "color"],
  }));
  const hints = all("[placeholder]").map((element) => ({
    element,
    colour: getComputedStyle(element, "::placeholder").color,
  }));
  return [...texts, ...hints].flatMap(({ element, colour }) => tooPale(element, colour, ground(element), 4.5));
}

/** Borders of fields, squares, strokes and bars that carry a meaning, below 3 to 1. */
function paleMarks(): readonly string[] {
  const fields = all(":is(input, select, textarea):not(:focus)").flatMap((element) =>
    tooPale(element, getComputedStyle(element).borderTopColor, ground(element.parentElement), 3),
  );
  const squares = all(".cells i").flatMap((element) => {
    const { backgroundColor, borderTopColor, borderTopWidth } = getComputedStyle(element);
    return tooPale(
      element,
      borderTopWidth === "0px" ? backgroundColor : borderTopColor,
      ground(element.parentElement),
      3,
    );
  });
  const strokes = all(".tally path, .graph .edge").flatMap((element) =>
    tooPale(element, getComputedStyle(element).stroke, ground(element.parentElement), 3),
  );
  const bars = all(".track rect").flatMap((element) =>
    tooPale(element, getComputedStyle(element).fill, ground(element.parentElement), 3),
  );
  return [...fields, ...squares, ...strokes, ...bars];
}

function tooPale(element: Element, colour: string, below: Rgba, least: number): readonly string[] {
  const ratio = contrast(colour, below);
  return ratio >= least ? [] : [`${ratio.toFixed(2)} to 1: ${named(element)}`];
}

const INLINE = "p a, dd a, .says a";

/** What is pressed, where a finger would miss it: below 44 px. A link within a sentence is as high as its line. */
function smallTargets(): readonly string[] {
  return all("a, button, summary, select, textarea, input")
    .filter((element) => !element.matches(INLINE))
    .flatMap((element) => {
      const { width, height } = areaOf(element).getBoundingClientRect();
      return Math.min(width, height) >= 44 ? [] : [`${width.toFixed(1)} x ${height.toFixed(1)}: ${named(element)}`];
    });
}

/** A row that is a link or a choice as a whole. */
function areaOf(element: Element): Element {
  const row = element.matches(".whole, [type=radio]") ? element.closest(".row") : null;
  return row ?? element;
}

/** Text that got no room: hardly wider than a letter, and over several lines. */
function squeezedText(): readonly string[] {
  return all("main *").flatMap((element) => {
    const { width, height } = element.getBoundingClientRect();
    const letter = Number.parseFloat(getComputedStyle(element).fontSize);
    const isText = element.childElementCount === 0 && (element.textContent ?? "").trim().length > 2;
    return isText && width < 2 * letter && height > 3 * letter ? [named(element)] : [];
  });
}

/** Unfolds everything first: what is folded away must fit as well. Colours take longest, and are the same at every width. */
function audit(withColours = true) {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const { scrollWidth, clientWidth } = document.documentElement;
  return {
    pale: withColours ? [...paleText(), ...paleMarks()] : [],
    small: smallTargets(),
    squeezed: squeezedText(),
    sticksOut: scrollWidth - clientWidth,
  };
}

Object.assign(globalThis, { audit });

export type Audit = ReturnType<typeof audit>;
