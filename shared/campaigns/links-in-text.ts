import type { Part, Rendered, Template } from './template.ts';
import { renderTemplate } from './template.ts';

/**
 * Links in texts of campaigns. They are looked for in the template and never in what is put into it: an address that came
 * with somebody's data does not become a link of ours. A link begins with http:// or https:// and a host that is written
 * out; behind that it may have placeholders.
 */

/** A text taken apart once more: parts that are one link, and what stands between links. */
export interface Piece {
  kind: 'text' | 'link';
  parts: readonly Part[];
}

/** Stands for a placeholder while links are looked for. Where a text has one of its own it is no placeholder's. */
const HOLE = '\uFFFC';
const LINK = /https?:\/\/[^\s/?#<>"'\uFFFC]+(?=[/?#\s<>"']|$)(?:[/?#][^\s<>"]*)?/giu;
/** What ends a sentence and not a link, as people write. */
const TRAILING = /[.,;:!?'*_~\]}]+$/u;

/** Whole links, each in a piece of its own; everything is in one piece, in order. */
export function piecesOf({ parts }: Template): Piece[] {
  const flat = parts.map((part) => (part.kind === 'text' ? part.text : HOLE)).join('');
  const pieces: Piece[] = [];
  let position = 0;
  const cut = (kind: Piece['kind'], to: number): void => {
    if (to > position) pieces.push({ kind, parts: partsBetween(parts, position, to) });
    position = to;
  };
  for (const match of flat.matchAll(LINK)) {
    const link = withoutTrailing(match[0]);
    if (!isLink(link)) continue;
    cut('text', match.index);
    cut('link', match.index + link.length);
  }
  cut('text', flat.length);
  return pieces;
}

function withoutTrailing(link: string): string {
  let trimmed = link.replace(TRAILING, '');
  // A bracket that closes one in the link belongs to it.
  while (trimmed.endsWith(')') && count(trimmed, ')') > count(trimmed, '(')) {
    trimmed = trimmed.slice(0, -1).replace(TRAILING, '');
  }
  return trimmed;
}

const count = (text: string, character: string): number => text.split(character).length - 1;

/** Names and passwords in an address are how people are led astray. */
function isLink(text: string): boolean {
  const url = URL.parse(text.replaceAll(HOLE, 'x'));
  return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
}

/** The parts of a text from one place to another, of which placeholders take up one. */
function partsBetween(parts: readonly Part[], from: number, to: number): Part[] {
  const between: Part[] = [];
  let at = 0;
  for (const part of parts) {
    const length = part.kind === 'text' ? part.text.length : 1;
    const [begin, end] = [Math.max(from, at), Math.min(to, at + length)];
    if (begin < end) {
      between.push(
        part.kind === 'text' ? { kind: 'text', text: part.text.slice(begin - at, end - at) } : part,
      );
    }
    at += length;
  }
  return between;
}

/** As `renderTemplate`, with every link given to `shorten`, whose answer stands in its place. */
export function renderPieces(
  pieces: readonly Piece[],
  valueOfField: (field: string) => string | null,
  shorten: (url: string) => string,
): Rendered {
  const missing: string[] = [];
  let text = '';
  for (const { kind, parts } of pieces) {
    const rendered = renderTemplate({ parts, malformed: [] }, valueOfField);
    if (rendered.kind === 'missing') missing.push(...rendered.fields);
    else text += kind === 'text' ? rendered.text : shortened(rendered.text, shorten);
  }
  return missing.length > 0 ? { kind: 'missing', fields: [...new Set(missing)] } : { kind: 'text', text };
}

/** A value that makes it no address any more leaves it as it is. */
function shortened(link: string, shorten: (url: string) => string): string {
  const url = URL.parse(link);
  return url === null ? link : shorten(url.href);
}
