import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTexts } from '../../../texts/language.tsx';
import { anchorOf, goTo, useEditing } from './editing.ts';
import classes from './editor.module.css';
import { Marks } from './marks.tsx';
import { editorTexts } from './texts.ts';
import { freeSlug, missingIn, opening } from './working.ts';

/** The drill at a glance: its prompts in order, with what is wrong or missing. */
export function Outline() {
  const say = useTexts(editorTexts);
  const { editor, findings, language, languages } = useEditing();
  const { defaultLanguage, prompts } = editor.working;
  const add = (): void => {
    editor.change((working) => {
      const { prompts: before } = working;
      const last = before.at(-1);
      const fresh = { slug: freeSlug(before), messages: [{ text: {} }], correctResponse: {}, maxFailures: 1 };
      // What says goodbye stays the last.
      const closes = last !== undefined && last.correctResponse === undefined && last.storeAs === undefined;
      return { ...working, prompts: before.toSpliced(closes ? before.length - 1 : before.length, 0, fresh) };
    });
    requestAnimationFrame(() => goTo(anchorOf(Math.max(0, prompts.length - 1))));
  };
  return (
    <nav aria-label={say('outline')} className={classes.outline}>
      <ol className={classes.outlineList}>
        <li>
          <button type="button" className={classes.place} onClick={() => goTo(anchorOf(null))}>
            {say('aboutDrill')}
          </button>
        </li>
        {prompts.map((prompt, at) => {
          const faults = findings.filter((each) => each.prompt === at && each.tone === 'bad').length;
          const missing = languages.reduce((sum, each) => sum + missingIn(prompt, each, defaultLanguage), 0);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is its place in the drill
            <li key={at}>
              <button type="button" className={classes.place} onClick={() => goTo(anchorOf(at))}>
                <span className={classes.placeNumber}>{at + 1}</span>
                <span className={classes.placeText}>
                  <span className={classes.placeName}>{opening(prompt, language) || say('nothingSaid')}</span>
                  <Marks faults={faults} missing={missing} />
                </span>
              </button>
            </li>
          );
        })}
        <li>
          <button type="button" className={classes.place} onClick={() => goTo('examples')}>
            {say('examples')}
            <Text span size="xs" c="dimmed">
              {editor.working.examples.length}
            </Text>
          </button>
        </li>
      </ol>
      {editor.mayEdit && (
        <Button variant="default" fullWidth leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
          {say('addPrompt')}
        </Button>
      )}
    </nav>
  );
}
