import type { Duplex } from "node:stream";

const headEnd = "\r\n\r\n";

/**
 * Lets the heads of answers through to Node's parser in a form that it reads. It turns away a length that is
 * said twice, even where both are the same (RFC 9110, section 8.6, allows to take them as one), and a length
 * that says nothing. Lengths that differ stay as they are, and are turned away.
 */
export function readableHeads<Connection extends Duplex>(
  connection: Connection,
  maxBytes: number,
): Connection {
  const push = connection.push.bind(connection);
  let head: Buffer | null = Buffer.alloc(0);
  connection.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    if (head === null) return push(chunk, encoding);
    // The end comes before the head does: the parser says so.
    const arrived = Buffer.concat([head, chunk ?? Buffer.alloc(0)]);
    const end = arrived.indexOf(headEnd);
    if (chunk !== null && end < 0 && arrived.byteLength <= maxBytes) {
      head = arrived;
      return true;
    }
    head = null;
    if (end < 0) {
      if (arrived.byteLength > 0) push(arrived);
      return chunk === null ? push(null) : true;
    }
    const text = arrived.toString("latin1", 0, end);
    const rest = arrived.subarray(end + headEnd.length);
    push(Buffer.from(withOneLength(text) + headEnd, "latin1"));
    if (!isInterim(text)) return rest.byteLength === 0 ? true : push(rest);
    // The answer itself follows, with a head of its own.
    head = Buffer.alloc(0);
    return rest.byteLength === 0 ? true : connection.push(rest);
  };
  return connection;
}

function isInterim(head: string): boolean {
  return /^HTTP\/1\.[01] 1\d\d/.test(head);
}

/** A length that is said more than once and always the same is said once. */
export function withOneLength(head: string): string {
  const lines = head.split("\r\n");
  const isLength = (line: string) => /^content-length:/i.test(line);
  const lengths = lines
    .filter(isLength)
    .flatMap((line) => line.slice(line.indexOf(":") + 1).split(","))
    .map((length) => length.trim());
  const said = new Set(lengths.filter((length) => length !== ""));
  const [only] = said;
  if (said.size > 1 || (only !== undefined && !/^\d+$/.test(only))) return head;
  const others = lines.filter((line) => !isLength(line));
  return [...others, ...(only === undefined ? [] : [`Content-Length: ${only}`])].join("\r\n");
}
