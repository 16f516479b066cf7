import { XMLParser } from 'fast-xml-parser';

/**
 * The part of TwiML that an answer to an inbound text may use here: `<Response>` with any number of `<Message>`.
 * https://www.twilio.com/docs/messaging/twiml
 */
export interface TwimlMessage {
  /** Null: back to the phone that wrote. */
  to: string | null;
  /** Null: from the number that was written to. */
  from: string | null;
  body: string;
  mediaUrls: string[];
  /** As written: may be relative to the webhook's address. */
  statusCallback: string | null;
}

export type Twiml = { ok: true; messages: TwimlMessage[] } | { ok: false; reason: string };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#text',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  alwaysCreateTextNode: true,
  isArray: (name) => name === 'Message' || name === 'Media' || name === 'Body',
});

/** Reads what a webhook answered. A plain text is one message; an empty body or `<Response/>` is none. */
export function readTwiml(contentType: string, body: string): Twiml {
  if (body.trim() === '') return { ok: true, messages: [] };
  if (contentType.startsWith('text/plain')) {
    return { ok: true, messages: [{ to: null, from: null, body, mediaUrls: [], statusCallback: null }] };
  }
  let document: unknown;
  try {
    document = parser.parse(body, true);
  } catch {
    // The parser throws on text that is not XML: that is the answer's fault, and reported as such.
    return { ok: false, reason: 'the answer is not well-formed XML' };
  }
  if (!isRecord(document) || !('Response' in document)) {
    return { ok: false, reason: 'the answer has no <Response>' };
  }
  const { Response: response } = document;
  const verbs = isRecord(response) && Array.isArray(response.Message) ? response.Message : [];
  return { ok: true, messages: verbs.map(messageOf) };
}

function messageOf(verb: unknown): TwimlMessage {
  const node = isRecord(verb) ? verb : {};
  const bodies = listOf(node.Body).map(textOf);
  return {
    to: attribute(node, '@to'),
    from: attribute(node, '@from'),
    body: bodies.length > 0 ? bodies.join('') : textOf(node),
    mediaUrls: listOf(node.Media)
      .map(textOf)
      .filter((url) => url !== ''),
    statusCallback: attribute(node, '@statusCallback') ?? attribute(node, '@action'),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const textOf = (value: unknown): string => {
  const text = isRecord(value) ? value['#text'] : value;
  return typeof text === 'string' ? text : '';
};

const attribute = (node: Record<string, unknown>, name: string): string | null => {
  const value = node[name];
  return typeof value === 'string' && value !== '' ? value : null;
};
