import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

/** The two calls of Twilio's API that the sender makes. */
export class TwilioEndpoint {
  readonly #server: Server;
  readonly stored: { sid: string; to: string; from: string; body: string; date: Date }[] = [];
  /** Answers are kept back while this is true. */
  silent = false;
  readonly #kept: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      if (request.method === 'GET') {
        this.#answer(response, 200, {
          messages: this.stored.map(asTwilio),
          page: 0,
          page_size: 50,
          next_page_uri: null,
        });
        return;
      }
      let form = '';
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => {
        form += chunk;
      });
      request.on('end', () => {
        const fields = new URLSearchParams(form);
        const message = {
          sid: `SM${String(this.stored.length + 1).padStart(32, '0')}`,
          to: fields.get('To') ?? '',
          from: fields.get('From') ?? '',
          body: fields.get('Body') ?? '',
          date: new Date(),
        };
        this.stored.push(message);
        const answer = (): void => this.#answer(response, 201, asTwilio(message));
        if (this.silent) this.#kept.push(answer);
        else answer();
      });
    });
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** Gives the answers that were kept back, as far as somebody still waits for them. */
  answerAll(): void {
    this.silent = false;
    for (const answer of this.#kept.splice(0)) answer();
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(response: ServerResponse, status: number, json: unknown): void {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(json));
  }
}

const asTwilio = (message: TwilioEndpoint['stored'][number]) => ({
  sid: message.sid,
  to: message.to,
  from: message.from,
  body: message.body,
  status: 'queued',
  direction: 'outbound-api',
  num_segments: '1',
  num_media: '0',
  error_code: null,
  date_created: message.date.toUTCString(),
  date_sent: null,
  date_updated: message.date.toUTCString(),
});
