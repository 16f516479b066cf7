import classes from './editor.module.css';
import type { Finding } from './findings.ts';

/** Findings under what they are about. */
export function FindingsHere({ found }: { found: readonly Finding[] }) {
  if (found.length === 0) return null;
  return (
    <ul className={classes.findings}>
      {found.map(({ message, tone }) => (
        <li key={message} data-tone={tone}>
          {message}
        </li>
      ))}
    </ul>
  );
}
