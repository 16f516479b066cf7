import { Text } from '@mantine/core';
import { useLanguage, useTexts } from '../texts/language.tsx';
import classes from './number.module.css';
import { partTexts } from './texts.ts';

/** A number as the reader writes it. Figures are of one width everywhere (theme/base.css). */
export function Count({
  of,
  atMost,
}: {
  of: number;
  /** Counted up to that many: then it may be more. */
  atMost?: number;
}) {
  const language = useLanguage();
  const text = of.toLocaleString(language);
  return <span>{atMost !== undefined && of >= atMost ? `${text}+` : text}</span>;
}

/** A share with what it is of: "48.2 % · 482 of 1,000". Nothing yet: says so, and not 0 %. */
export function Share({ part, whole, digits = 1 }: { part: number; whole: number; digits?: number }) {
  const language = useLanguage();
  const say = useTexts(partTexts);
  if (whole === 0)
    return (
      <Text span inherit c="dimmed">
        {say('nothingYet')}
      </Text>
    );
  const percent = (part / whole).toLocaleString(language, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (
    <span>
      {percent}{' '}
      <Text component="small" size="xs" c="dimmed" className={classes.whole}>
        {say('sampleOf', { part, whole })}
      </Text>
    </span>
  );
}
