import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTexts } from '../../texts/language.tsx';
import { partTexts } from '../texts.ts';
import classes from './phone-preview.module.css';

/** A message as a phone shows it. */
export interface Bubble {
  id: string;
  /** Whose phone it is: `theirs` is what the person writes. */
  from: 'us' | 'them';
  body: string;
  /** Addresses of pictures and files. */
  media?: readonly string[];
  /** Under the bubble: its time, what became of it. */
  note?: ReactNode;
}

/**
 * Messages as the recipient sees them, in the shape of a phone. The builder, the inbox, the drill editor and the virtual
 * phones all use it, so that a text looks the same wherever somebody writes it.
 */
export function PhonePreview({
  sender,
  bubbles,
  children,
}: {
  /** The number that it comes from. */
  sender: string;
  bubbles: readonly Bubble[];
  /** Below the messages: what somebody writes with. */
  children?: ReactNode;
}) {
  const say = useTexts(partTexts);
  return (
    <section className={classes.phone} aria-label={say('messagePreview')}>
      <header className={classes.head}>
        <Text size="xs" c="dimmed">
          {say('from', { number: sender })}
        </Text>
      </header>
      <Bubbles bubbles={bubbles} />
      {children && <footer className={classes.foot}>{children}</footer>}
    </section>
  );
}

/** The messages alone, for threads that are no phone. */
export function Bubbles({ bubbles }: { bubbles: readonly Bubble[] }) {
  const say = useTexts(partTexts);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <ol className={classes.thread} tabIndex={0} aria-label={say('messagePreview')}>
      {bubbles.map(({ body, from, id, media = [], note }) => (
        <li key={id} className={classes.turn} data-from={from}>
          <div className={classes.bubble}>
            {media.map((address) => (
              <img
                key={address}
                src={address}
                alt={say('picture')}
                className={classes.media}
                loading="lazy"
              />
            ))}
            {body}
          </div>
          {note && (
            <Text size="xs" c="dimmed" component="div">
              {note}
            </Text>
          )}
        </li>
      ))}
    </ol>
  );
}
