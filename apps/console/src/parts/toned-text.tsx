import type { ReactNode } from 'react';
import type { Tone } from '../theme/tokens.ts';
import classes from './status.module.css';

/** Words with a dot in their tone, for what is no value of an enumeration. */
export const TonedText = ({ tone, children }: { tone: Tone; children: ReactNode }) => (
  <span className={classes.status} data-tone={tone} data-plain>
    <span className={classes.dot} aria-hidden />
    {children}
  </span>
);
