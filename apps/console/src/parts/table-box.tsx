import type { ReactNode } from 'react';
import classes from './table-box.module.css';

/** Around a small table: where it is wider than the screen it scrolls by itself, with the keyboard too. */
export const TableBox = ({ children, label }: { label: string; children: ReactNode }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
  <section className={classes.box} aria-label={label} tabIndex={0}>
    {children}
  </section>
);
