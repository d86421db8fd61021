import { asTallymanError } from "../error.ts";
import { Connection } from "./connection.ts";
import type { NumberedRequest, Reply, Request, Results } from "./database-protocol.ts";

// The database's own thread: libSQL is synchronous, and here it can hold up nobody.
let connection: Connection | null = null;
let turn: Promise<void> = Promise.resolve();

addEventListener("message", ({ data }: MessageEvent<NumberedRequest>) => {
  turn = turn.then(async () => postMessage(await reply(data)));
});

async function reply({ id, request }: NumberedRequest): Promise<Reply> {
  try {
    return { id, results: await answer(request) };
  } catch (thrown) {
    const { reason, message, hint } = asTallymanError(thrown);
    return { id, error: { reason, message, hint } };
  }
}

async function answer(request: Request): Promise<Results> {
  switch (request.kind) {
    case "open":
      connection = await Connection.open(request);
      return [[{ migratedFrom: connection.migratedFrom }]];
    case "query":
      return [await opened().query(request.statement)];
    case "write":
      return await opened().write(request.statements);
    case "close":
      await connection?.close();
      connection = null;
      return [];
  }
}

function opened(): Connection {
  if (connection) return connection;
  throw new Error("the database is not open");
}
