/**
 * What secrets look like that must not stand in a repository: those of what we use (AWS, Twilio, Vonage, Pulumi, npm, GitHub),
 * our own, and keys of any kind. Each exact enough that what it finds is worth a look.
 */

export interface SecretPattern {
  what: string;
  pattern: RegExp;
}

/** A word of the assignment, then a value in quotes: the last group is judged by how random it is. */
const ASSIGNED =
  /(?:password|passwd|secret|token|pepper|api_?key|credential)[\w-]{0,30}["']?\s*[:=]\s*["'`]([^"'`\s${}]{16,})["'`]/gi;

export const patterns: readonly SecretPattern[] = [
  { what: 'private key', pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY(?: BLOCK)?-----/g },
  { what: 'access key of AWS', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: 'secret key of AWS', pattern: /secret_?access_?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+]{40}\b/gi },
  { what: 'API key of Twilio', pattern: /\bSK[0-9a-f]{32}\b/g },
  { what: 'auth token of Twilio', pattern: /auth_?token["']?\s*[:=]\s*["']?[0-9a-f]{32}\b/gi },
  { what: 'API key of ours', pattern: /\bcrl_[a-z0-9]{12}_[A-Za-z0-9_-]{43}\b/g },
  { what: 'secret of a webhook of ours', pattern: /\bwhsec_[A-Za-z0-9+/]{24,}={0,2}/g },
  { what: 'token of GitHub', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{50,})\b/g },
  { what: 'token of GitLab', pattern: /\bglpat-[\w-]{20,}/g },
  { what: 'token of npm', pattern: /\bnpm_[A-Za-z0-9]{36}\b|_authToken\s*=\s*\S+/g },
  { what: 'token of Pulumi', pattern: /\bpul-[0-9a-f]{40}\b/g },
  {
    what: 'token of Slack',
    pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/g,
  },
  { what: 'key of Google', pattern: /\bAIza[\w-]{35}\b/g },
  { what: 'key of a model provider', pattern: /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}/g },
  { what: 'key of Stripe', pattern: /\b[rs]k_live_[A-Za-z0-9]{20,}/g },
  { what: 'JSON web token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g },
  {
    what: 'password in an address',
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`${}<>]+:[^\s/:@"'`${}<>]{3,}@[\w.[-]/gi,
  },
  { what: 'secret that is assigned', pattern: ASSIGNED },
];

/** Bits by character (Shannon): words have 3 or less, random letters and digits 4 and more. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce(
    (sum, count) => sum - (count / text.length) * Math.log2(count / text.length),
    0,
  );
}

export interface FoundSecret {
  what: string;
  line: number;
  text: string;
}

/** Everything in a file that looks like a secret. */
export function secretsIn(source: string): FoundSecret[] {
  return patterns.flatMap(({ pattern, what }) =>
    [...source.matchAll(pattern)].flatMap((match) => {
      const value = match[1];
      // Words of a sentence, names of settings and the like are assigned too.
      if (value !== undefined && (entropyOf(value) < 3.5 || !/\d/.test(value) || /[ ().]/.test(value)))
        return [];
      const line = source.slice(0, match.index).split('\n').length;
      return [{ what, line, text: value ?? match[0] }];
    }),
  );
}
