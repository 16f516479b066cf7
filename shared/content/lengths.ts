import type { Drill, LocalizedText, Prompt } from '#shared/contracts/drill.ts';
import type { Profile } from '#shared/contracts/profile.ts';
import type { Finding } from '#shared/drills/content-file.ts';
import { languagesOf } from '#shared/drills/languages.ts';
import type { Programme } from '#shared/drills/programme.ts';
import { localizedText } from '#shared/drills/prompt.ts';
import { render, type TemplateContext } from '#shared/drills/template.ts';
import { type Segments, segmentsOf } from '#shared/texts/segments.ts';

/** More segments than this an author should know of: carriers charge each, and long texts are cut or filtered more often. */
const LONG = 3;

/** What somebody is sent, in a language: how many segments that is. */
export interface TextLength extends Segments {
  prompt: string;
  /** Which of the prompt's messages, from 0. */
  message: number;
  language: string;
}

/** A person of whom a name is known, and no answer yet. */
const somebody = (language: string): Profile => ({
  validated: true,
  optedOut: false,
  isDemo: false,
  name: 'Alexandra',
  language,
  timezone: null,
  accountInfo: {},
  answers: {},
});

/** A text of a prompt as somebody of that language gets it, without the answers that it repeats. Pure. */
export function sampleBody(
  text: LocalizedText,
  { correctResponse }: Pick<Prompt, 'correctResponse'>,
  language: string,
  defaultLanguage: string,
  programme: TemplateContext['programme'],
): string {
  const correctAnswer =
    correctResponse === undefined ? null : localizedText(correctResponse, language, defaultLanguage);
  return render(localizedText(text, language, defaultLanguage), {
    profile: somebody(language),
    programme,
    correctAnswer,
  });
}

/** Segments of every text of a drill in each of its languages. Answers that texts repeat are not counted. Pure. */
export function textLengths(drill: Drill, programme: Programme | null): TextLength[] {
  return drill.prompts.flatMap((prompt) =>
    prompt.messages.flatMap(({ text }, message) =>
      text === undefined
        ? []
        : languagesOf(drill).map((language) => {
            const body = sampleBody(text, prompt, language, drill.defaultLanguage, programme);
            return { prompt: prompt.slug, message, language, ...segmentsOf(body) };
          }),
    ),
  );
}

/** Of these, what an author should know: long ones, and those that one letter makes longer. */
export function lengthWarnings(drill: Drill, lengths: readonly TextLength[]): Finding[] {
  return lengths.flatMap(({ encoding, language, message, prompt, segments }) =>
    segments <= LONG
      ? []
      : [
          {
            path: [
              'prompts',
              drill.prompts.findIndex(({ slug }) => slug === prompt),
              'messages',
              message,
              'text',
              language,
            ],
            message: `takes ${segments} segments${encoding === 'UCS-2' ? ', because a letter in it is not in the alphabet of SMS' : ''}`,
          },
        ],
  );
}
