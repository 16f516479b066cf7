import { XMLParser } from 'fast-xml-parser';

/**
 * The part of TwiML that a call may use here: Say, Play, Pause, Gather (keys), Redirect, Hangup, Reject.
 * https://www.twilio.com/docs/voice/twiml
 */
export type Sound =
  | { verb: 'say'; text: string; language: string | null; voice: string | null; loop: number }
  | { verb: 'play'; url: string; loop: number }
  | { verb: 'pause'; ms: number };

export interface Gather {
  verb: 'gather';
  sounds: Sound[];
  /** Null: as many as come before `finishOnKey` or the time-out. */
  numDigits: number | null;
  /** Ends the input; empty: no key does. */
  finishOnKey: string;
  /** Silence after the sounds, and between two keys. */
  timeoutMs: number;
  /** As written; null: the document's own address. */
  action: string | null;
  method: 'GET' | 'POST';
  actionOnEmptyResult: boolean;
}

export type Verb =
  | Sound
  | Gather
  | { verb: 'redirect'; url: string; method: 'GET' | 'POST' }
  | { verb: 'hangup' }
  | { verb: 'reject'; reason: 'busy' | 'rejected' };

export type VoiceTwiml = { ok: true; verbs: Verb[] } | { ok: false; reason: string };

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  trimValues: true,
});

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: unknown;
}

/** Reads a document. What Twilio would refuse is refused: another verb, an attribute out of range, no XML. */
export function readVoiceTwiml(document: string): VoiceTwiml {
  let nodes: unknown;
  try {
    nodes = parser.parse(document, true);
  } catch {
    // The parser throws on text that is not XML: that is the document's fault, and reported as such.
    return { ok: false, reason: 'the document is not well-formed XML' };
  }
  const [response, ...others] = elementsOf(nodes).filter(({ name }) => !name.startsWith('?'));
  if (response?.name !== 'Response' || others.length > 0)
    return { ok: false, reason: 'the document is no <Response>' };
  try {
    return { ok: true, verbs: elementsOf(response.children).map(verbOf) };
  } catch (error) {
    if (error instanceof NotTwiml) return { ok: false, reason: error.message };
    throw error;
  }
}

/** Something that TwiML does not have. */
class NotTwiml extends Error {}

function verbOf(element: Element): Verb {
  switch (element.name) {
    case 'Gather':
      return gatherOf(element);
    case 'Redirect':
      return { verb: 'redirect', url: textOf(element), method: methodOf(element) };
    case 'Hangup':
      return { verb: 'hangup' };
    case 'Reject':
      return { verb: 'reject', reason: element.attributes.reason === 'busy' ? 'busy' : 'rejected' };
    default:
      return soundOf(element);
  }
}

function soundOf(element: Element): Sound {
  const { attributes, name } = element;
  switch (name) {
    case 'Say':
      return {
        verb: 'say',
        text: textOf(element),
        language: attributes.language ?? null,
        voice: attributes.voice ?? null,
        loop: numberOf(element, 'loop', 1, 0),
      };
    case 'Play':
      return { verb: 'play', url: textOf(element), loop: numberOf(element, 'loop', 1, 0) };
    case 'Pause':
      return { verb: 'pause', ms: numberOf(element, 'length', 1, 0) * 1_000 };
    default:
      throw new NotTwiml(`<${name}> cannot be played here`);
  }
}

function gatherOf(element: Element): Gather {
  const { attributes } = element;
  if ((attributes.input ?? 'dtmf') !== 'dtmf') throw new NotTwiml('<Gather> listens for keys only here');
  const finishOnKey = attributes.finishOnKey ?? '#';
  if (!/^[0-9*#]?$/.test(finishOnKey)) throw new NotTwiml('finishOnKey is no key');
  return {
    verb: 'gather',
    sounds: elementsOf(element.children).map(soundOf),
    numDigits: attributes.numDigits === undefined ? null : numberOf(element, 'numDigits', 1, 1),
    finishOnKey,
    timeoutMs: numberOf(element, 'timeout', 5, 1) * 1_000,
    action: attributes.action ?? null,
    method: methodOf(element),
    actionOnEmptyResult: attributes.actionOnEmptyResult === 'true',
  };
}

function numberOf({ attributes, name }: Element, attribute: string, fallback: number, min: number): number {
  const text = attributes[attribute];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min) throw new NotTwiml(`${attribute} of <${name}> is out of range`);
  return value;
}

const methodOf = ({ attributes }: Element): 'GET' | 'POST' =>
  attributes.method?.toUpperCase() === 'GET' ? 'GET' : 'POST';

const textOf = ({ children }: Element): string =>
  nodesOf(children)
    .map((node) => node['#text'])
    .filter((text) => text !== undefined)
    .map(String)
    .join(' ');

function elementsOf(nodes: unknown): Element[] {
  return nodesOf(nodes).flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== ':@' && key !== '#text');
    if (name === undefined) return [];
    const attributes = nodesOf([node[':@']])[0] ?? {};
    return [
      {
        name,
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([key, value]) => [key, String(value)]),
        ),
        children: node[name],
      },
    ];
  });
}

const nodesOf = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : []).filter(
    (node): node is Record<string, unknown> => typeof node === 'object' && node !== null,
  );
