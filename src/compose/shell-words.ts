/** What a command string is made of, and whether an unquoted operator cut it short. */
export interface ShellWords {
  readonly words: readonly string[];
  readonly cut: boolean;
}

/**
 * Splits a command string as Docker Compose does: quotes and backslashes, no variables, no shell. An unquoted `; & | < >`
 * ends it and the rest is dropped without a word. Throws Error "invalid command line string". Source: go-shellwords.
 */
export function splitWords(text: string): ShellWords {
  return new WordReader(text).read();
}

class WordReader {
  private readonly characters: readonly string[];
  private readonly words: string[] = [];
  private word = "";
  /** Set when the word is there though it may be empty: `""`. */
  private got = false;
  private quote: "'" | '"' | undefined;
  private depth = 0;
  private escaped = false;

  constructor(text: string) {
    this.characters = Array.from(text);
  }

  read(): ShellWords {
    for (const [index, character] of this.characters.entries())
      if (this.take(character, this.characters[index - 1]) === "stop") return { words: this.finish(true), cut: true };
    if (this.quote || this.escaped || this.depth > 0) throw new Error("invalid command line string");
    return { words: this.finish(false), cut: false };
  }

  private take(character: string, before: string | undefined): "stop" | undefined {
    if (this.escaped) this.append(character);
    else if (character === "\\" && this.quote !== "'") this.escaped = true;
    else if (this.quote) this.insideQuote(character);
    else if (this.depth > 0) this.insideParentheses(character);
    else return this.outside(character, before);
    return undefined;
  }

  private insideQuote(character: string): void {
    if (character === this.quote) this.quote = undefined;
    else this.append(character);
  }

  /** `$(…)` is kept word for word: nobody runs it. */
  private insideParentheses(character: string): void {
    if (character === "(") this.depth += 1;
    if (character === ")") this.depth -= 1;
    this.append(character);
  }

  private outside(character: string, before: string | undefined): "stop" | undefined {
    if (/[ \t\r\n]/.test(character)) this.endWord();
    else if (character === "'" || character === '"') this.open(character);
    else if (/[;&|<>]/.test(character)) return this.operator(character);
    else if (character === "(" && before === "$") this.openParentheses();
    else if (character === "(" || character === ")") throw new Error("invalid command line string");
    else this.append(character);
    return undefined;
  }

  private operator(character: string): "stop" {
    if (character === ">" && /^\d+$/.test(this.word)) this.word = "";
    return "stop";
  }

  private open(quote: "'" | '"'): void {
    this.quote = quote;
    this.got = true;
  }

  private openParentheses(): void {
    this.depth = 1;
    this.append("(");
  }

  private append(text: string): void {
    this.word += text;
    this.escaped = false;
  }

  private endWord(): void {
    if (this.got || this.word !== "") this.words.push(this.word);
    this.word = "";
    this.got = false;
  }

  private finish(cut: boolean): readonly string[] {
    if (this.word !== "" || (this.got && !cut)) this.endWord();
    return this.words;
  }
}
