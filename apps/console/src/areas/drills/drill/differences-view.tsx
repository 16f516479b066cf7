import { Text } from '@mantine/core';
import { diffWordsWithSpace } from 'diff';
import { useMemo } from 'react';
import { languageName } from '../../../parts/languages.ts';
import { TonedText } from '../../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { type Detail, type Difference, differences } from './differences.ts';
import classes from './drill.module.css';
import { drillPageTexts } from './texts.ts';

type Written = Parameters<typeof differences>[0];

/** What differs between two ways in which a drill was written, word by word. */
export function Differences({ from, to }: { from: Written; to: Written }) {
  const say = useTexts(drillPageTexts);
  const found = useMemo(() => differences(from, to), [from, to]);
  if (found.length === 0) return <Text c="dimmed">{say('noDifference')}</Text>;
  return (
    <div className={classes.differences}>
      {found.map((each) => (
        <OneDifference key={`${each.kind} ${each.name}`} difference={each} />
      ))}
    </div>
  );
}

const tones = { added: 'good', removed: 'bad', changed: 'info' } as const;

function OneDifference({ difference: { change, details, kind, name } }: { difference: Difference }) {
  const say = useTexts(drillPageTexts);
  return (
    <section className={classes.difference} aria-label={kind === 'drill' ? say('ofDrill') : name}>
      <header className={classes.differenceHead}>
        <Text fw={500}>
          {kind === 'drill' ? say('ofDrill') : say(kind === 'prompt' ? 'ofPrompt' : 'ofExample', { name })}
        </Text>
        <TonedText tone={tones[change]}>{say(change)}</TonedText>
      </header>
      <dl className={classes.details}>
        {details.map((detail) => (
          <OneDetail key={`${detail.part} ${detail.message} ${detail.language}`} detail={detail} />
        ))}
      </dl>
    </section>
  );
}

function OneDetail({ detail: { after, before, language, message, part } }: { detail: Detail }) {
  const say = useTexts(drillPageTexts);
  const reader = useLanguage();
  const changed = useMemo(() => diffWordsWithSpace(before ?? '', after ?? ''), [after, before]);
  return (
    <div className={classes.detail}>
      <dt>
        {[
          say(`part_${part}`),
          message === null ? null : message + 1,
          language === null ? null : languageName(language, reader),
        ]
          .filter((each) => each !== null)
          .join(' · ')}
      </dt>
      <dd className={classes.words}>
        {changed.map(({ added, removed, value }, at) => {
          // biome-ignore lint/suspicious/noArrayIndexKey: words are their place in the text
          if (added) return <ins key={at}>{value}</ins>;
          // biome-ignore lint/suspicious/noArrayIndexKey: words are their place in the text
          if (removed) return <del key={at}>{value}</del>;
          // biome-ignore lint/suspicious/noArrayIndexKey: words are their place in the text
          return <span key={at}>{value}</span>;
        })}
      </dd>
    </div>
  );
}
