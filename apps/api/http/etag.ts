import type { Request } from 'express';
import { Problem } from './problem.ts';

/** Strong entity tags (RFC 9110, section 8.8.3) made of versions. */
export const etagOf = (version: string | number): string => `"${version}"`;

/**
 * The version in If-Match; null: not given, or `*`. 400 for what is no single strong tag: lists and weak tags cannot name
 * what somebody has seen.
 */
export function ifMatchOf(request: Request): string | null {
  const header = request.get('if-match')?.trim();
  if (header === undefined || header === '*') return null;
  const [, version] = /^"([\x21\x23-\x7e]*)"$/.exec(header) ?? [];
  if (version !== undefined) return version;
  throw new Problem('invalid_request', 'If-Match is not valid.', {
    faults: [
      {
        in: 'header',
        pointer: 'If-Match',
        detail: 'must be one ETag as it was answered, with its quotes, or *',
      },
    ],
  });
}

/** Whether If-None-Match names this version (weak comparison, RFC 9110 section 13.1.2). */
export const isSeen = (request: Request, etag: string): boolean => {
  const header = request.get('if-none-match');
  if (header === undefined) return false;
  return header.split(',').some((each) => {
    const tag = each.trim();
    return tag === '*' || tag.replace(/^W\//, '') === etag;
  });
};
