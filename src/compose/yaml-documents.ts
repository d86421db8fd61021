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
  for (const lexeme of lenientLexer().lex(source)) yield* parser.next(lexeme);
  yield* parser.end();
}

/** What the lexer keeps to itself: the least indentation of a line, and the methods that hold what goes on to it. */
interface Inside {
  indentNext: number;
  parseFlowCollection(): Generator<string, unknown>;
  parseQuotedScalar(): Generator<string, unknown>;
}

function lenientLexer(): Lexer {
  const lexer = new Lexer();
  const inside = lexer as unknown as Inside;
  for (const method of ["parseFlowCollection", "parseQuotedScalar"] as const) {
    const strict = inside[method].bind(lexer);
    inside[method] = function* () {
      const least = inside.indentNext;
      inside.indentNext = 0;
      const next = yield* strict();
      inside.indentNext = least;
      return next;
    };
  }
  return lexer;
}
