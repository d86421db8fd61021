import { Composer, type Document, Lexer, type LineCounter, type ParsedNode, Parser } from "yaml";

/**
 * Reads the documents of a text as go-yaml does where YAML's grammar is stricter: the lines on which a quoted text or a collection in
 * brackets goes on may begin anywhere, and a comment may follow a quote or a bracket without a space. Errors stay in the documents.
 */
export function composeDocuments(source: string, lines: LineCounter): readonly Document.Parsed<ParsedNode>[] {
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, prettyErrors: false, logLevel: "silent" });
  return [...composer.compose(tokens(source, lines))];
}

function* tokens(source: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new LenientLexer().lex(source)) yield* parser.next(lexeme);
  yield* parser.end();
}

/** What the lexer keeps to itself: the least indentation of a line, and the methods that hold what goes on to it. */
interface Inside {
  indentNext: number;
  parseFlowCollection(): Generator<string, unknown>;
  parseQuotedScalar(): Generator<string, unknown>;
}

class LenientLexer extends Lexer {}

for (const method of ["parseFlowCollection", "parseQuotedScalar"] as const) {
  const strict = inside(Lexer.prototype)[method];
  inside(LenientLexer.prototype)[method] = function* (this: Inside) {
    const least = this.indentNext;
    this.indentNext = 0;
    const next = yield* strict.call(this);
    this.indentNext = least;
    return next;
  };
}

function inside(lexer: Lexer): Inside {
  return lexer as unknown as Inside;
}
