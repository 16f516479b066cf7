import type { CampaignType } from '#shared/campaigns/definition.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { System } from '../driver/system.ts';
import { eventually } from '../eventually.ts';

/** Longest wait for a step of an import, in ms. */
const STEP_MS = 60_000;

/** A program of the organisation's that leads campaigns through the API of a running system. */
export class Outreach {
  readonly #url: string;
  readonly #key: string;

  private constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  static async of(system: System): Promise<Outreach> {
    return new Outreach(system.url, (await system.secrets()).adminKey);
  }

  /** Rejects with the problem document where there is one. */
  async #ask<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.#url}/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#key}`,
        'content-type': isText ? 'text/csv' : 'application/json',
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async makeList(name: string): Promise<string> {
    return (await this.#ask<{ id: string }>('POST', '/lists', { name })).id;
  }

  /** Takes a file of contacts in, onto a list, as people do it: upload, check, commit. Resolves when all are there. */
  async importContacts(csv: string, listId: string): Promise<void> {
    const options = { listId };
    const made = await this.#ask<{ id: string }>('POST', '/imports', {
      kind: 'contacts',
      fileName: 'a.csv',
      options,
    });
    const path = `/imports/${made.id}`;
    await this.#ask('PUT', `${path}/file`, csv);
    await this.#ask('POST', `${path}/check`);
    await this.#until(path, 'checked');
    await this.#ask('POST', `${path}/commit`, {});
    await this.#until(path, 'committed');
  }

  #until(path: string, wanted: string): Promise<void> {
    return eventually(async () => {
      const seen = await this.#ask<{ status: string; checked: unknown }>('GET', path);
      if (seen.status !== wanted) throw new Error(`the import is ${JSON.stringify(seen)}, not ${wanted}`);
    }, STEP_MS);
  }

  /** As somebody who signed that a recorded voice may call them. */
  allowCalls(phoneNumber: PhoneNumber): Promise<unknown> {
    return this.#ask('POST', '/consents', {
      phoneNumber,
      granted: ['informational', 'artificial_voice'],
      wording: 'You may call me with a recorded voice.',
      affirmativeAction: 'signed the form',
      givenAt: '2026-01-05T12:00:00Z',
    });
  }

  /** Sends one text under a key: whoever asks again under the same one gets the answer of the first. */
  sendMessage(key: string, message: { phoneNumber: PhoneNumber; body: string }): Promise<{ id: string }> {
    return this.#ask(
      'POST',
      '/messages',
      { intent: 'transactional', ...message },
      { 'idempotency-key': key },
    );
  }

  async makeCampaign(draft: {
    name: string;
    type: CampaignType;
    definition: object;
    endAt?: string;
  }): Promise<string> {
    return (await this.#ask<{ id: string }>('POST', '/campaigns', { intent: 'transactional', ...draft })).id;
  }

  tell(id: string, command: 'start' | 'pause' | 'resume' | 'stop'): Promise<unknown> {
    return this.#ask('POST', `/campaigns/${id}/${command}`);
  }

  statusOf(id: string): Promise<{ status: string; reason: string | null }> {
    return this.#ask('GET', `/campaigns/${id}`);
  }

  metricsOf(id: string): Promise<{
    total: number;
    replied: number;
    optedOut: number;
    segments: number;
    cost: number;
    deliveries: { outcome: string; messages: number }[];
    states: { state: string; contacts: number }[];
    calls: { outcome: string; calls: number }[];
  }> {
    return this.#ask('GET', `/campaigns/${id}/metrics`);
  }
}
