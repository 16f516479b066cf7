import { Tooltip } from '@mantine/core';
import type { Words } from '../words/define.ts';
import { useWord } from '../words/use-word.ts';
import classes from './status.module.css';

/** A value of the product in plain words, with a dot in its tone; what it means or what to do on hover and focus. */
export function Status({
  words,
  of,
  plain = false,
}: {
  words: Words;
  of: string /** Without the pill. */;
  plain?: boolean;
}) {
  const { hint, says, tone } = useWord(words)(of);
  const pill = (
    <span className={classes.status} data-tone={tone} data-plain={plain || undefined}>
      <span className={classes.dot} aria-hidden />
      {says}
    </span>
  );
  return hint === undefined ? pill : <Tooltip label={hint}>{pill}</Tooltip>;
}
