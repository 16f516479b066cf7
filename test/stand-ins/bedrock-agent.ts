import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import { z } from 'zod';

const codec = new EventStreamCodec(toUtf8, fromUtf8);

const requestSchema = z.object({
  inputText: z.string().min(1).max(25_000_000),
  enableTrace: z.boolean().optional(),
  sessionState: z.object({ promptSessionAttributes: z.record(z.string(), z.string()).optional() }).optional(),
});

/** A call as it came. */
export interface AgentCall {
  agentId: string;
  aliasId: string;
  sessionId: string;
  inputText: string;
  attributes: Readonly<Record<string, string>>;
  /** Of its signature; empty: it was not signed. */
  accessKey: string;
}

/** What becomes of a call. */
export type Script =
  /** The text in so many pieces of bytes, wherever they fall. */
  | { says: string; chunks?: number; tokens?: { input: number; output: number } }
  /** Refused before a stream begins. */
  | { refuses: string; status?: number }
  /** An exception inside the stream, after what was said so far. */
  | { breaks: string; after?: string }
  /** The connection is cut after that. */
  | { cuts: string }
  /** A stream that never ends; with nothing said, not even its beginning. */
  | { hangs: string | null }
  /** Control is returned, as by an action group without a function. */
  | { returnsControl: true };

/**
 * InvokeAgent of Amazon Bedrock as it stands on the wire: a request by HTTP with a signature, ids as it takes them, an answer
 * in AWS's event stream with the codec of the SDK; and faults when asked. No model: what it says is given.
 */
export class BedrockAgent {
  readonly calls: AgentCall[] = [];
  /** For the next calls, in order; then what `answers` says. */
  readonly scripts: Script[] = [];
  /** What becomes of a text for which there is no script. */
  answers: (text: string) => Script | Promise<Script> = (said) => ({ says: `You said: ${said}` });
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((request, response) => {
      response.on('error', () => undefined);
      this.#answer(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Gives its address. */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path =
      /^\/agents\/([0-9A-Za-z]{1,10})\/agentAliases\/([0-9A-Za-z]{1,10})\/sessions\/([^/]+)\/text$/.exec(
        request.url ?? '',
      );
    const body = await text(request);
    if (request.method !== 'POST' || path === null) return refuse(response, 'ValidationException', 400);
    const sessionId = decodeURIComponent(path[3] ?? '');
    // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html
    if (!/^[0-9a-zA-Z._:-]{2,100}$/.test(sessionId)) return refuse(response, 'ValidationException', 400);
    const { inputText, sessionState } = requestSchema.parse(JSON.parse(body));
    this.calls.push({
      agentId: path[1] ?? '',
      aliasId: path[2] ?? '',
      sessionId,
      inputText,
      attributes: sessionState?.promptSessionAttributes ?? {},
      accessKey: /Credential=([^/]+)\//.exec(String(request.headers.authorization))?.[1] ?? '',
    });
    const script = this.scripts.shift() ?? (await this.answers(inputText));
    if ('refuses' in script) return refuse(response, script.refuses, script.status ?? 429);
    if ('hangs' in script && script.hangs === null) return;
    response.writeHead(200, {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-bedrock-agent-session-id': sessionId,
      'x-amzn-bedrock-agent-content-type': 'text/plain',
    });
    if ('returnsControl' in script) {
      response.end(event('returnControl', { invocationId: 'i-1', invocationInputs: [] }));
    } else if ('hangs' in script) {
      response.write(chunk(Buffer.from(script.hangs ?? '')));
    } else if ('cuts' in script) {
      response.write(chunk(Buffer.from(script.cuts)), () => response.destroy());
    } else if ('breaks' in script) {
      if (script.after !== undefined) response.write(chunk(Buffer.from(script.after)));
      response.end(exception(script.breaks));
    } else {
      const { chunks = 1, says, tokens } = script;
      if (tokens !== undefined) response.write(event('trace', traceOf(tokens)));
      for (const piece of piecesOf(Buffer.from(says), chunks)) response.write(chunk(piece));
      response.end();
    }
  }
}

const traceOf = ({ input, output }: { input: number; output: number }) => ({
  trace: {
    orchestrationTrace: {
      modelInvocationOutput: { metadata: { usage: { inputTokens: input, outputTokens: output } } },
    },
  },
});

/** Bytes in so many pieces of about one length, through characters where they fall so. */
function piecesOf(bytes: Buffer, pieces: number): Buffer[] {
  const length = Math.max(1, Math.ceil(bytes.length / pieces));
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, n) =>
    bytes.subarray(n * length, (n + 1) * length),
  );
}

function refuse(response: ServerResponse, exceptionName: string, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': exceptionName });
  response.end(JSON.stringify({ message: `refused: ${exceptionName}` }));
}

const chunk = (bytes: Buffer): Uint8Array => event('chunk', { bytes: bytes.toString('base64') });

const event = (type: string, body: unknown): Uint8Array =>
  frame({ ':message-type': 'event', ':event-type': type }, body);

const exception = (name: string): Uint8Array =>
  frame(
    { ':message-type': 'exception', ':exception-type': name[0]?.toLowerCase() + name.slice(1) },
    { message: `failed: ${name}` },
  );

const frame = (headers: Readonly<Record<string, string>>, body: unknown): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries({ ...headers, ':content-type': 'application/json' }).map(([name, value]) => [
        name,
        { type: 'string' as const, value },
      ]),
    ),
    body: fromUtf8(JSON.stringify(body)),
  });
