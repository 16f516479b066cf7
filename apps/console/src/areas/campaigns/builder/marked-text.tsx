import { Text } from '@mantine/core';
import { specialCharacters } from '../../../parts/phone/characters.ts';
import { useTexts } from '../../../texts/language.tsx';
import classes from './builder.module.css';
import { builderTexts } from './texts.ts';

/** A text in which the characters are marked that make it longer; nothing where none do. */
export function MarkedText({ text }: { text: string }) {
  const say = useTexts(builderTexts);
  const special = new Set(specialCharacters(text));
  if (special.size === 0) return null;
  const clusters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)];
  return (
    <figure className={classes.marked} aria-label={say('marked')}>
      <Text size="xs" c="dimmed" component="figcaption">
        {say('marked')}
      </Text>
      <Text size="sm" className={classes.markedText}>
        {clusters.map(({ index, segment }) =>
          special.has(segment) ? <mark key={index}>{segment}</mark> : segment,
        )}
      </Text>
    </figure>
  );
}
