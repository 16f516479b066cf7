import { isbot } from 'isbot';

/**
 * Who asked for a short link: somebody who tapped it, or a program that looks where it leads (previews of messaging apps,
 * scanners of carriers and mail gateways, crawlers). Told apart by stated rules, in order; the first that holds is kept
 * with the click. Pure. Programs that behave as a person does cannot be told apart and are not.
 */

/** A request for a link, with what rules ask about. */
export interface Visit {
  method: string;
  userAgent: string | null;
  /** Of the headers by which browsers say that they fetch ahead; null: none came. */
  purpose: string | null;
  /** When the request to the carrier began that sent the text (machine's time); null: none has begun as far as is known. */
  postedAt: Date | null;
  /** Machine's time. */
  at: Date;
}

export interface Visitor {
  visitor: 'person' | 'machine';
  /** Of a machine: the rule that says so. */
  rule: MachineRule['id'] | null;
}

/** Less than this after its text went to the carrier nobody has received, read and tapped it. In ms. */
export const TOO_SOON_MS = 3_000;

/** Headers by which browsers say that they fetch ahead, in the order in which they are believed. */
export const PURPOSE_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

interface MachineRule {
  /** Kept with clicks: never changes its meaning. */
  id: 'head' | 'prefetch' | 'no_agent' | 'crawler' | 'too_soon';
  says: string;
  source: string;
  holds(visit: Visit): boolean;
}

export const machineRules: readonly MachineRule[] = [
  {
    id: 'head',
    says: 'Only the head was asked for: whoever wants to read a page asks for the page.',
    source: 'RFC 9110, section 9.3.2',
    holds: ({ method }) => method === 'HEAD',
  },
  {
    id: 'prefetch',
    says: 'The browser says that it fetches ahead of a tap, or for a preview.',
    source: 'https://fetch.spec.whatwg.org/#sec-purpose-header',
    holds: ({ purpose }) => purpose !== null && /prefetch|prerender|preview/i.test(purpose),
  },
  {
    id: 'no_agent',
    says: 'The request does not say what made it; every browser does.',
    source: 'RFC 9110, section 10.1.5',
    holds: ({ userAgent }) => userAgent === null || userAgent.trim() === '',
  },
  {
    id: 'crawler',
    says: 'It names itself as a crawler, a scanner, what fetches previews for a messaging app, or a library.',
    source: 'https://github.com/omrilotan/isbot, a list that is kept from several others',
    holds: ({ userAgent }) => isbot(userAgent),
  },
  {
    id: 'too_soon',
    says: `It came before the text had gone to the carrier, or less than ${TOO_SOON_MS / 1_000} s after.`,
    source: 'decision of this product: docs/decisions/0028-clicks.md',
    holds: ({ at, postedAt }) => postedAt === null || at.getTime() - postedAt.getTime() < TOO_SOON_MS,
  },
];

export function visitorOf(visit: Visit): Visitor {
  const rule = machineRules.find(({ holds }) => holds(visit));
  return rule === undefined ? { visitor: 'person', rule: null } : { visitor: 'machine', rule: rule.id };
}
