import type { PhoneView } from '#shared/simulator/phone-view.ts';

/** How messages look in a terminal. Pure: text in, text out. */

export interface Look {
  /** Columns of the terminal. */
  width: number;
  /** IANA name of the zone that times are shown in; null: of the machine. */
  timeZone: string | null;
}

/** Columns before the words: "  09:30:01  <-  ". */
const INDENT = 16;

/**
 * One message: time, direction, words wrapped to the width, and what is not as it should be. Arrows are seen from the
 * phone: `->` it wrote, `<-` it got.
 */
export function messageLines(message: PhoneView, look: Look): string {
  const arrow = message.direction === 'from_phone' ? '->' : '<-';
  const words = [
    ...wrap(message.body, Math.max(20, look.width - INDENT)),
    ...message.mediaUrls.map((url) => `[${url}]`),
    ...remarks(message),
  ];
  const [first = '', ...rest] = words;
  return [
    `  ${timeOf(message.at, look)}  ${arrow}  ${first}`,
    ...rest.map((line) => ' '.repeat(INDENT) + line),
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The whole conversation, with a line for every new day and a blank one where the other side takes over. */
export function conversationText(phone: string, messages: readonly PhoneView[], look: Look): string {
  const others = new Set(messages.map(({ direction, from, to }) => (direction === 'from_phone' ? to : from)));
  const lines = [`${phone} with ${others.size > 0 ? [...others].join(', ') : 'nobody'}`];
  let day = '';
  let direction = '';
  for (const message of messages) {
    const itsDay = dayOf(message.at, look);
    if (itsDay !== day) lines.push('', itsDay, '');
    else if (message.direction !== direction) lines.push('');
    lines.push(messageLines(message, look));
    day = itsDay;
    direction = message.direction;
  }
  if (messages.length === 0) lines.push('', '  (no messages)');
  return lines.join('\n');
}

function remarks(message: PhoneView): string[] {
  if (message.direction === 'from_phone') {
    return message.status === 'failed' ? ['(the application did not take it)'] : [];
  }
  if (message.status === 'delivered') return [];
  return [
    message.errorCode === null ? `(${message.status})` : `(${message.status}, error ${message.errorCode})`,
  ];
}

/** Breaks at spaces; a word that is longer than a line is cut. Keeps the text's own line breaks. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      let rest = word;
      if (line !== '' && line.length + 1 + rest.length <= width) {
        line += ` ${rest}`;
        continue;
      }
      if (line !== '') lines.push(line);
      while (rest.length > width) {
        lines.push(rest.slice(0, width));
        rest = rest.slice(width);
      }
      line = rest;
    }
    return [...lines, line];
  });
}

const zoneOf = (look: Look): { timeZone?: string } =>
  look.timeZone === null ? {} : { timeZone: look.timeZone };

const timeOf = (at: string, look: Look): string =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', ...zoneOf(look) }).format(new Date(at));

const dayOf = (at: string, look: Look): string =>
  new Intl.DateTimeFormat('en-US', { dateStyle: 'full', ...zoneOf(look) }).format(new Date(at));
