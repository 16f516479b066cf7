import type { Saying } from '#shared/carriers/voice.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import { callTexts } from '#shared/voice/texts/texts-by-language.ts';
import type { CallDeps } from './call-deps.ts';
import { lastLanguage } from './scripts.ts';

/**
 * What is said to whoever calls a number of ours: who we are, and the key that opts out, in the language in which they were
 * called last. Nothing else: it is what the toll-free number that is left on machines has to lead to (47 CFR
 * 64.1200(b)(3)), and it asks nobody to wait.
 */
export async function calledBack(
  from: PhoneNumber | null,
  keysUrl: string,
  { organisation, pool }: Pick<CallDeps, 'organisation' | 'pool'>,
): Promise<Saying> {
  const language = (from === null ? null : await lastLanguage(pool, from)) ?? 'en-US';
  const texts = callTexts[language];
  return {
    kind: 'called_back',
    language,
    identification: texts.calledBack(organisation),
    prompt: texts.optOutPrompt,
    keysUrl,
  };
}
