import type { Profile } from '#shared/contracts/profile.ts';
import { localizedText, promptOf } from '#shared/drills/prompt.ts';
import { render } from '#shared/drills/template.ts';
import { textFor } from '#shared/texts/texts.ts';
import type { Sample } from './sample.ts';

/** The texts that a person with this profile gets from the sample programme, from its content and the built-in texts. */
export interface ExpectedTexts {
  prompt(drill: string, prompt: string): string;
  builtIn(name: Parameters<typeof textFor>[0]): string;
  /** The text that gives the right answer of a prompt. */
  corrected(drill: string, prompt: string): string;
  /** A right answer. */
  right(drill: string, prompt: string): string;
}

export function expectedTexts(
  { inOrder, programme }: Sample,
  about: Partial<Pick<Profile, 'name' | 'language' | 'answers'>>,
): ExpectedTexts {
  const account = programme.codes.find(({ isDemo }) => !isDemo)?.accountInfo ?? {};
  const profile: Profile = {
    validated: true,
    optedOut: false,
    isDemo: false,
    name: null,
    language: programme.defaultLanguage,
    timezone: null,
    accountInfo: account,
    answers: {},
    ...about,
  };
  const { language } = profile;
  const find = (drillSlug: string, promptSlug: string) => {
    const drill = inOrder.find(({ slug }) => slug === drillSlug);
    const prompt = drill && promptOf(drill, promptSlug);
    if (!prompt) throw new Error(`the sample has no prompt ${drillSlug}/${promptSlug}`);
    return prompt;
  };
  const right = (drill: string, prompt: string): string => {
    const { correctResponse } = find(drill, prompt);
    if (!correctResponse) throw new Error(`${drill}/${prompt} accepts anything`);
    return localizedText(correctResponse, language);
  };
  const builtIn = (name: Parameters<typeof textFor>[0], correctAnswer: string | null): string =>
    render(textFor(name, language, programme) ?? '', { profile, programme, correctAnswer }).trim();
  return {
    prompt: (drill, prompt) => {
      const [message, ...more] = find(drill, prompt).messages;
      if (!message?.text || more.length > 0) throw new Error(`${drill}/${prompt} is not one text`);
      return render(localizedText(message.text, language), {
        profile,
        programme,
        correctAnswer: null,
      }).trim();
    },
    builtIn: (name) => builtIn(name, null),
    corrected: (drill, prompt) => builtIn('correctedAnswer', right(drill, prompt)),
    right,
  };
}
